"""Processes for tests: forks of a server that has imported the package and holds no connection."""

import multiprocessing

#: Makes processes in milliseconds, where "spawn" would import everything anew each time.
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.providers.samples", "tests.salesforce.desk", "simple_salesforce.api"])
