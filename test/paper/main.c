/* SPDX-License-Identifier: Apache-2.0 */
/* The tests of paper: every group, one after the other. */

#include "paper_test.h"

int main(void)
{
    int failed = document_tests() + text_tests() + sandbox_tests() + press_tests() + pdf_tests();
    return failed != 0;
}
