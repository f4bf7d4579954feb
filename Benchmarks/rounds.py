"""From the rounds of a benchmark, a JSON object a line on standard input, to one document: medians, ratios, machine.

    rounds.py WHAT key=value …

The first line of each mode and rival is its warm-up and is left out. A ratio is Sluice's figure by its rival's of the
same round; its median is what counts.
"""

import json
import os
import platform
import statistics
import subprocess
import sys
from datetime import datetime, timezone

FIGURES = ("per_second", "per_cpu_second")


def spread(values, digits):
    rounded = [round(value, digits) for value in values]
    return {"median": round(statistics.median(values), digits), "min": min(rounded), "max": max(rounded)}


def first_line(*command):
    try:
        found = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return None
    return ((found.stdout or found.stderr).strip().splitlines() or [None])[0]


def machine():
    with open("/proc/cpuinfo") as file:
        models = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    return {
        "cores": os.cpu_count(),
        "cpu": models[0] if models else platform.machine(),
        "kernel": platform.release(),
        "librdkafka": first_line("pkg-config", "--modversion", "rdkafka"),
        "cc": first_line("cc", "--version"),
        "swift": first_line("swift", "--version"),
    }


def results(rounds):
    """Of each mode: its rivals' figures, and Sluice's ratio to each."""
    modes = {}
    for line in rounds:
        modes.setdefault(line["mode"], {}).setdefault(line["rival"], []).append(line)
    for mode, rivals in modes.items():
        rivals = {name: lines[1:] for name, lines in rivals.items()}
        own = rivals["sluice"]
        result = {"rounds": len(own)}
        for name, lines in rivals.items():
            figures = [figure for figure in (*FIGURES, "commits") if figure in lines[0]]
            result[name] = {figure: spread([line[figure] for line in lines], 0) for figure in figures}
        result["ratio"] = {
            name: {
                figure: spread([ours[figure] / theirs[figure] for ours, theirs in zip(own, lines)], 3)
                for figure in FIGURES
            }
            for name, lines in rivals.items()
            if name != "sluice"
        }
        modes[mode] = result
    return modes


def main():
    what, *settings = sys.argv[1:]
    rounds = [json.loads(line) for line in sys.stdin if line.strip()]
    document = {
        "what": what,
        "date": datetime.now(timezone.utc).strftime("%Y-%m-%d"),
        "machine": machine(),
        "settings": dict(setting.split("=", 1) for setting in settings),
        "results": results(rounds),
        "rounds": rounds,
    }
    # One round a line.
    rows = ",\n".join("    " + json.dumps(line) for line in document.pop("rounds"))
    print(json.dumps(document, indent=2)[:-2] + f',\n  "all_rounds": [\n{rows}\n  ]\n}}')


main()
