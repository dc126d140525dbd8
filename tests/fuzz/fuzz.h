/*
 * fuzz.h - the one entry point of a fuzz target.
 *
 * Linked with libFuzzer it is fuzzed; linked with replay.c it is fed the files
 * named on the command line, which is what `make check` does.
 */
#ifndef PINSPOT_TESTS_FUZZ_H
#define PINSPOT_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
