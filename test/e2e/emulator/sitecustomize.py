"""Python runs this at its start. The emulator judges aws:ResourceTag by the tags of a function for the function's own ARN alone, and AWS
for its versions and aliases as well (Service Authorization Reference: both types know the key, and Lambda's tags are the function's)."""
import importlib.machinery
import re
import sys

TAGGING = "ministack.services.tagging"


class TagsOfQualifiedFunctions:
    """Wraps one function of the emulator as soon as its module is loaded."""

    @staticmethod
    def find_spec(name, path, target=None):
        if name != TAGGING:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        execute = spec.loader.exec_module

        def exec_module(module):
            execute(module)
            of = module.resource_tags
            module.resource_tags = lambda arn: of(re.sub(r"^(arn:[^:]+:lambda:[^:]*:\d+:function:[^:]+):.+$", r"\1", arn))

        spec.loader.exec_module = exec_module
        return spec


sys.meta_path.insert(0, TagsOfQualifiedFunctions)
