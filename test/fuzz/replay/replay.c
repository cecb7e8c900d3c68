/* SPDX-License-Identifier: Apache-2.0 */
/* replay FILE...: gives each file to a fuzz target once, and says how many there were.
 *
 * Stands in for libFuzzer where the compiler has none, so that every test run takes the corpus
 * through the same function with gcc too. It invents no inputs. */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SIZE_MAX_READ = 1 << 20 };

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        FILE *in = fopen(argv[i], "rb");
        uint8_t *room = malloc(SIZE_MAX_READ);
        if (!in || !room) return 2;
        size_t n = fread(room, 1, SIZE_MAX_READ, in);
        fclose(in);
        /* An exact copy, so that the sanitizer sees a step past its end. */
        uint8_t *data = malloc(n ? n : 1);
        if (!data) return 2;
        for (size_t k = 0; k < n; k++) data[k] = room[k];
        LLVMFuzzerTestOneInput(data, n);
        free(data);
        free(room);
    }
    printf("stat::number_of_executed_units: %d\n", argc - 1);
    return argc > 1 ? 0 : 2;
}
