"""Lints the chart, and renders it with the values on stdin; prints what came of it as JSON. It is
run by the interpreter that has Helm as a library: `rendering.py CHART`.
"""

import json
import sys

import helm_python


def main(chart):
    values = json.load(sys.stdin)
    answer = {"lint": helm_python.lint(chart, values, strict=True, kube_version="v1.30.0")}
    try:
        loaded = helm_python.Chart.load(chart)
        loaded.validate_schema(values)
        answer["files"] = loaded.render(values, name="iam", namespace="identity")
    except helm_python.HelmError as refused:
        answer["refused"] = str(refused)
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
