/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target of forms: the first line is the Content-Type, the rest the body. What is read is text
 * within its limits, and read the same again; what is refused is explained. */

#include "web/form.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void form_check(const struct web_form *f)
{
    assert(f->n <= FORM_FIELDS_MAX);
    for (size_t k = 0; k < f->n; k++) {
        const struct web_field *one = &f->fields[k];
        assert(one->name.n <= FORM_NAME_MAX && str_is_utf8(one->name));
        assert(one->value.n <= FORM_TEXT_MAX && str_is_utf8(one->value));
        assert(one->file_name.n <= FORM_FILE_NAME_MAX && str_is_utf8(one->file_name));
        assert(one->is_file || one->data.n == 0);
        for (size_t c = 0; c < one->value.n; c++) assert(one->value.p[c] != '\r');
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    auto_arena a = arena_new();
    struct turn t = {.arena = a};
    struct str type, body, all = {(const char *)p, n};
    struct web_form first, second;
    str_split(all, '\n', &type, &body);
    bool parts = str_starts(type, "multipart");
    err e = parts ? form_multipart_read(&t, type, str_bytes(body), &first)
                  : form_read(&t, body, &first);
    (void)cookie_get(all, STR("a"));
    if (e != ERR_OK) {
        assert(t.fault.code[0] && t.fault.sentence[0]);
        return 0;
    }
    form_check(&first);
    e = parts ? form_multipart_read(&t, type, str_bytes(body), &second)
              : form_read(&t, body, &second);
    assert(e == ERR_OK && first.n == second.n);
    for (size_t k = 0; k < first.n; k++) {
        assert(str_eq(first.fields[k].value, second.fields[k].value));
        assert(bytes_eq(first.fields[k].data, second.fields[k].data));
    }
    return 0;
}
