"""Python runs this at its start. It mends four judgements of the emulator, each as soon as the module is loaded that makes it.

It judges aws:ResourceTag by the tags of a function for the function's own ARN alone, and AWS for its versions and aliases as well (Service
Authorization Reference: both types know the key, and Lambda's tags are the function's).

It judges ssm:GetParametersByPath on no resource, and AWS on the path that is asked for (Systems Manager, parameter hierarchies).

It judges states:ListTagsForResource on no resource, and AWS on the state machine that is asked about (Service Authorization Reference).

It simulates policies without the context that it is told, and AWS with it (SimulatePrincipalPolicy, ContextEntries)."""
import importlib.machinery
import json
import re
import sys


def tags_of_qualified_functions(module):
    of = module.resource_tags
    module.resource_tags = lambda arn: of(re.sub(r"^(arn:[^:]+:lambda:[^:]*:\d+:function:[^:]+):.+$", r"\1", arn))


def resources_in_bodies(module):
    of = module.extract_resource_arn

    def extract_resource_arn(service, method, path, headers, body, query_params, region, account_id):
        arn = of(service, method, path, headers, body, query_params, region, account_id)
        if service not in ("ssm", "states") or arn != "*":
            return arn
        try:
            asked = json.loads(body or "{}")
            path, resource = asked.get("Path"), asked.get("resourceArn")
        except (AttributeError, ValueError):
            return arn
        if service == "states":
            return resource or arn
        return f"arn:aws:ssm:{region}:{account_id}:parameter{path}" if path else arn

    module.extract_resource_arn = extract_resource_arn


def context_of_simulations(module):
    simulate = module._simulate_principal_policy

    def simulated(params):
        from ministack.core import iam_evaluator

        told, index = {}, 1
        while key := module._p(params, f"ContextEntries.member.{index}.ContextKeyName"):
            told[key.lower()] = module._p(params, f"ContextEntries.member.{index}.ContextKeyValues.member.1")
            index += 1
        plain = iam_evaluator.EvalContext
        iam_evaluator.EvalContext = lambda **given: plain(**given, service_context=told)
        try:
            return simulate(params)
        finally:
            iam_evaluator.EvalContext = plain

    module._IAM_HANDLERS["SimulatePrincipalPolicy"] = simulated


MENDED = {
    "ministack.services.tagging": tags_of_qualified_functions,
    "ministack.core.iam_actions": resources_in_bodies,
    "ministack.services.iam": context_of_simulations,
}


class Mended:
    """Mends a module of the emulator after it has run."""

    @staticmethod
    def find_spec(name, path, target=None):
        if name not in MENDED:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        execute = spec.loader.exec_module

        def exec_module(module):
            execute(module)
            MENDED[name](module)

        spec.loader.exec_module = exec_module
        return spec


sys.meta_path.insert(0, Mended)
