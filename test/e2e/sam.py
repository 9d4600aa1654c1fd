"""Transforms a template as CloudFormation does for AWS::Serverless-2016-10-31: from standard input to standard output."""
import json
import sys

from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse


class ManagedPolicies:
    """The policy that SAM gives a function's role if the template names none."""

    def load(self):
        name = "AWSLambdaBasicExecutionRole"
        return {name: f"arn:aws:iam::aws:policy/service-role/{name}"}


print(json.dumps(transform(yaml_parse(sys.stdin.read()), {}, ManagedPolicies())))
