"""What tests of a running program share: waiting, comparing, and running each
function whose name begins with "test_" in a folder of its own."""
import os
import shutil
import subprocess
import tempfile
import time

PATIENCE = 20  # seconds until something that should happen is given up
running = []  # processes that end with the test that started them


class Skipped(Exception):
    """Something that the test needs is not there."""


def wait_until(true):
    end = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def expect(what, found, wanted=True):
    if found != wanted:
        raise AssertionError(f"{what}: {found!r}, expected {wanted!r}")


def run_all(names):
    """Run the tests of a module, by its globals(), and print the counts that
    tests/run wants last; true where one failed."""
    passed = failed = skipped = 0
    for name, test in [(name, test) for name, test in names.items()
                       if name.startswith("test_")]:
        folder = tempfile.mkdtemp()
        os.chmod(folder, 0o777)  # for programs that give up their rights
        words = name[5:].replace("_", " ")
        try:
            test(folder)
            passed += 1
        except Skipped as e:
            skipped += 1
            print(f"skipped {words}: {e}")
        except (AssertionError, OSError, ValueError, KeyError,
                subprocess.SubprocessError) as e:
            failed += 1
            print(f"FAILED {words}: {e}")
        finally:
            for process in running:
                if process.poll() is None:
                    process.kill()
                    process.wait()
            running.clear()
            shutil.rmtree(folder, ignore_errors=True)
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return failed > 0
