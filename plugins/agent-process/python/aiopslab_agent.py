"""Runs an agent class of the original AIOpsLab as a program of AIOpsLab for TypeScript.

    python3 -m aiopslab_agent my_agent:Agent        # a module on the path
    python3 -m aiopslab_agent path/to/agent.py      # the only class with get_action in a file

The class has `init_context(problem_desc, instructions, apis)` and `get_action(observation)`, each plain or async. What it
prints goes to stderr: stdout belongs to the protocol. Standard library only, Python 3.8 or later.
"""

import asyncio
import importlib
import importlib.util
import inspect
import json
import os
import sys


def load(target):
    """The agent class named by `module:Class`, `file.py:Class`, or a module or file with one such class."""
    place, colon, name = target.rpartition(":")
    if not colon or os.sep in name:
        place, name = target, ""
    sys.path.insert(0, os.getcwd())
    if place.endswith(".py"):
        folder = os.path.dirname(os.path.abspath(place))
        sys.path.insert(0, folder)
        spec = importlib.util.spec_from_file_location(os.path.basename(place)[:-3], place)
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
    else:
        module = importlib.import_module(place)
    if name:
        return getattr(module, name)
    found = [
        thing
        for thing in vars(module).values()
        if inspect.isclass(thing) and thing.__module__ == module.__name__ and hasattr(thing, "get_action")
    ]
    if len(found) != 1:
        raise SystemExit("%s has %d classes with get_action; name one: %s:Class" % (place, len(found), place))
    return found[0]


def serve(agent_class, source, sink):
    """Answers every line of `source` with one on `sink`, until it ends."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    agent = agent_class()

    def call(method, *args):
        result = method(*args)
        return loop.run_until_complete(result) if inspect.isawaitable(result) else result

    def answer(request):
        if request["type"] == "init":
            context = request["context"]
            if hasattr(agent, "init_context"):
                call(agent.init_context, context["description"], context["instructions"], context["apis"])
            return {"type": "ready"}
        reply = call(agent.get_action, request["state"])
        if isinstance(reply, dict):
            return dict(reply, type="action")
        return {"type": "action", "text": "" if reply is None else str(reply)}

    for line in source:
        if line.strip():
            sink.write(json.dumps(answer(json.loads(line))) + "\n")
            sink.flush()


def main():
    if len(sys.argv) != 2:
        raise SystemExit("usage: python3 -m aiopslab_agent MODULE:CLASS")
    # keep the real stdout for the protocol; everything else that writes to file descriptor 1 reaches stderr
    sink = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    source = os.fdopen(os.dup(0), "r", encoding="utf-8")
    serve(load(sys.argv[1]), source, sink)


if __name__ == "__main__":
    main()
