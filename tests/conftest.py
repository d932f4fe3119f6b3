"""What every test gets: no model hub, no proxy, no deadline, one small set of torch threads."""

from __future__ import annotations

import os

from hypothesis import settings

# a busy machine is no failure
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
if "PYTEST_XDIST_WORKER" in os.environ:
    # beside other test processes more threads only wait for each other
    os.environ.setdefault("OMP_NUM_THREADS", "1")
