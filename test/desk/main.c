/* SPDX-License-Identifier: Apache-2.0 */
/* Runs the tests of the desk. */

#include "desk/desk_test.h"

int main(void)
{
    return test_story() + test_refusals() + test_order() + test_random() + test_group() +
           test_level() + test_people() + test_pages() + test_heads() + test_register() +
           test_carriage() + test_letter() + test_mail() + test_walls() + test_frame() +
           test_links() + test_profile() + test_clocks() + test_life() + test_exhibit() +
           test_room();
}
