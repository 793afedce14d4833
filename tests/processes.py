"""Processes for tests: forks of a server that has imported the package and holds no connection."""

import multiprocessing
import os

#: Makes processes in milliseconds, where "spawn" would import everything anew each time.
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(
    ["tests.hammering", "tests.serving", "psycopg", "tests.salesforce.desk", "simple_salesforce.api"]
)


def run_forking(work, *arguments):
    """Run *work*, which forks, in a process of its own; give its exit code.

    What threads of other tests hold during a fork would stay held in the child.
    """
    process = FORKS.Process(target=work, args=arguments)
    process.start()
    process.join(timeout=60)
    process.kill()
    return process.exitcode


def forked(work):
    """Run *work* in a child of a fork; give the child, which ends with 0 if nothing was raised."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return child
