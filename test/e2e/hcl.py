"""Parses HCL, as Terraform and OpenTofu have it, into JSON: from standard input to standard output."""
import json
import sys

import hcl2


def plain(value):
    """Without the quotes that the parser leaves around texts and labels."""
    if isinstance(value, dict):
        return {plain(key): plain(inside) for key, inside in value.items() if key != "__is_block__"}
    if isinstance(value, list):
        return [plain(inside) for inside in value]
    return value[1:-1] if isinstance(value, str) and value.startswith('"') else value


print(json.dumps(plain(hcl2.loads(sys.stdin.read()))))
