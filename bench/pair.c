/* SPDX-License-Identifier: Apache-2.0 */
/* pair FILE N: what no delivery between two States can leave out, once for each side: a signature
 * and a write that is synced. Prints the N durations in microseconds, a line each. */

#include <openssl/ec.h>
#include <openssl/evp.h>

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { SIDES = 2, PAGE = 4096, ROUNDS_MAX = 100000 };

static void must(int holds, const char *what)
{
    if (holds) return;
    fprintf(stderr, "pair: %s\n", what);
    exit(1);
}

static int64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void side(EVP_PKEY_CTX *sign, int fd, int round)
{
    static const uint8_t hash[32], page[PAGE];
    uint8_t made[80];
    size_t n = sizeof made;
    must(EVP_PKEY_sign(sign, made, &n, hash, sizeof hash) > 0, "sign");
    must(pwrite(fd, page, sizeof page, (off_t)round * PAGE) == PAGE, "write");
    must(fdatasync(fd) == 0, "sync");
}

int main(int argc, char **argv)
{
    long rounds = argc == 3 ? strtol(argv[2], NULL, 10) : 0;
    must(rounds > 0 && rounds <= ROUNDS_MAX, "usage: pair FILE N");
    int fd = open(argv[1], O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    EVP_PKEY *key = EVP_EC_gen("P-256");
    EVP_PKEY_CTX *sign = key ? EVP_PKEY_CTX_new(key, NULL) : NULL;
    must(fd >= 0 && sign && EVP_PKEY_sign_init(sign) > 0, "a file and a key");
    for (int k = 0; k < rounds; k++) {
        int64_t began = now_us();
        for (int s = 0; s < SIDES; s++) side(sign, fd, SIDES * k + s);
        printf("%lld\n", (long long)(now_us() - began));
    }
    EVP_PKEY_CTX_free(sign);
    EVP_PKEY_free(key);
    return close(fd) != 0;
}
