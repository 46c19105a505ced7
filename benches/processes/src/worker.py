"""The same metrics as in `worker.rs`, in Prometheus' client for Python. It reads commands, a line each."""

import os
import sys
import time

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

PARTS = [f"p{number}" for number in range(10)]
BUCKETS = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5)
COUNTERS = [Counter(f"bench_{number:02}_total", "A counter.", ["part"]) for number in range(20)]
HISTOGRAMS = [Histogram(f"bench_{number:02}_seconds", "A histogram.", ["part"], buckets=BUCKETS) for number in range(10)]


def touch():
    for part in PARTS:
        for counter in COUNTERS:
            counter.labels(part).inc()
        for histogram in HISTOGRAMS:
            histogram.labels(part).observe(0.25)


def page():
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    return generate_latest(registry)


def nanoseconds(work, number):
    start = time.perf_counter_ns()
    for _ in range(number):
        work()
    return (time.perf_counter_ns() - start) / number


def answer(command, number):
    if command == "page":
        return nanoseconds(page, number)
    # The series is found before, which is the fastest way there is.
    if command == "count":
        return nanoseconds(COUNTERS[0].labels(PARTS[0]).inc, number)
    series = HISTOGRAMS[0].labels(PARTS[0])
    return nanoseconds(lambda: series.observe(0.25), number)


touch()
print("ready", flush=True)
for line in sys.stdin:
    words = line.split()
    if words[0] == "sum":
        wanted = b'bench_00_total{part="p0"} '
        value = next(line for line in page().splitlines() if line.startswith(wanted))
        print(value.decode().split()[-1], flush=True)
    else:
        print(answer(words[0], int(words[1])), flush=True)
