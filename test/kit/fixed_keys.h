/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_FIXED_KEYS_H
#define COMITY_FIXED_KEYS_H
/* Keys and certificates of a State that does not exist, always the same, for seeds of fuzz targets
 * and for tests that need bytes made once. Valid from 2026 to 2046. They protect nothing. */

/* The root of Norland (XN), for training. */
static const char fixed_root_pem[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIB0jCCAXigAwIBAgIQZy3Wp/8zcfFi9CH3OL/FrDAKBggqhkjOPQQDAjAsMQsw\n"
    "CQYDVQQGEwJYTjEQMA4GA1UECgwHTm9ybGFuZDELMAkGA1UEAwwCWE4wHhcNMjYw\n"
    "MTAxMDAwMDAwWhcNNDYwMTAxMDAwMDAwWjAsMQswCQYDVQQGEwJYTjEQMA4GA1UE\n"
    "CgwHTm9ybGFuZDELMAkGA1UEAwwCWE4wWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC\n"
    "AASNVBhlklzWEv6w2sXKZiApbF4rpYLFBYavA6WUT5oRnEm7cPapTyHdFg7BUXO2\n"
    "emuTcpUVz+f0BUD3rof758fQo3wwejASBgNVHRMBAf8ECDAGAQH/AgEAMA4GA1Ud\n"
    "DwEB/wQEAwIBhjAdBgNVHQ4EFgQU3szrYOkeyXKtHPO8JboDzYpiT20wGQYDVR0R\n"
    "BBIwEIYOY29taXR5OlhOL3Jvb3QwGgYTaf3NyK6B68Klv5WtgNvCmongcgQDAQH/\n"
    "MAoGCCqGSM49BAMCA0gAMEUCIQDEDX/8dlJNUM2c2jOaE7W549bosgthLnYeQt7y\n"
    "SZvugQIgIv5EOVMNi0sipkTqNQyPU9Bo4Ei9RFoamZl7m5Xbxb0=\n"
    "-----END CERTIFICATE-----\n";
/* The seal of XN/csb, and its key. */
static const char fixed_seal_pem[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIB2TCCAX+gAwIBAgIQe9g88QDK5uBGv82vY72uZDAKBggqhkjOPQQDAjAsMQsw\n"
    "CQYDVQQGEwJYTjEQMA4GA1UECgwHTm9ybGFuZDELMAkGA1UEAwwCWE4wHhcNMjYw\n"
    "MTAxMDAwMDAwWhcNNDYwMTAxMDAwMDAwWjA+MQswCQYDVQQGEwJYTjEeMBwGA1UE\n"
    "CgwVQ3liZXIgU2VjdXJpdHkgQnVyZWF1MQ8wDQYDVQQDDAZYTi9jc2IwWTATBgcq\n"
    "hkjOPQIBBggqhkjOPQMBBwNCAAQ6LX//nnRbETqkqnwOEdwNv+rWoLbMtBAfUzTS\n"
    "Lx/uCw8YdlkAVMo1/EkIH5D2kwtfp5fuarXiBmrDcyA9aSV0o3EwbzAOBgNVHQ8B\n"
    "Af8EBAMCBsAwHQYDVR0OBBYEFIOXCHG0gvnF5K3VDcuFVVk6PzSSMB8GA1UdIwQY\n"
    "MBaAFN7M62DpHslyrRzzvCW6A82KYk9tMB0GA1UdEQQWMBSGEmNvbWl0eTpYTi9j\n"
    "c2Ivc2VhbDAKBggqhkjOPQQDAgNIADBFAiEAzWHOr89cm0vQ8Q/8KoMjgy+Pwi5t\n"
    "IgQoYtSIdvl7HdICIDUrw/IJlK8Xh9OnLCi76b0rG91lmrHrfUetY9cTKOco\n"
    "-----END CERTIFICATE-----\n";
/* The private half. */
static const char fixed_seal_key[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgHjLsoPctvmeWu1b/\n"
    "FrvvHxPXbr+DmiCF/loRxIFUtAWhRANCAAQ6LX//nnRbETqkqnwOEdwNv+rWoLbM\n"
    "tBAfUzTSLx/uCw8YdlkAVMo1/EkIH5D2kwtfp5fuarXiBmrDcyA9aSV0\n"
    "-----END PRIVATE KEY-----\n";
/* The opening certificate of XN/csb, and its key. */
static const char fixed_open_pem[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIB2DCCAX+gAwIBAgIQco4EKXfWdefyhibFAUzIXDAKBggqhkjOPQQDAjAsMQsw\n"
    "CQYDVQQGEwJYTjEQMA4GA1UECgwHTm9ybGFuZDELMAkGA1UEAwwCWE4wHhcNMjYw\n"
    "MTAxMDAwMDAwWhcNNDYwMTAxMDAwMDAwWjA+MQswCQYDVQQGEwJYTjEeMBwGA1UE\n"
    "CgwVQ3liZXIgU2VjdXJpdHkgQnVyZWF1MQ8wDQYDVQQDDAZYTi9jc2IwWTATBgcq\n"
    "hkjOPQIBBggqhkjOPQMBBwNCAAQTseet+bdL7SGzuS8xKASrT9gCBUQxoI7TfZir\n"
    "YIdyLzWZP3rcRaSnAkukLxTgj1Tan/Dx9e3ufvfXr345ENC8o3EwbzAOBgNVHQ8B\n"
    "Af8EBAMCAwgwHQYDVR0OBBYEFHKhFOuWxDAj1E+QYvUplNRoogAXMB8GA1UdIwQY\n"
    "MBaAFN7M62DpHslyrRzzvCW6A82KYk9tMB0GA1UdEQQWMBSGEmNvbWl0eTpYTi9j\n"
    "c2Ivb3BlbjAKBggqhkjOPQQDAgNHADBEAiAcvXl+Pf9fy0F2y5WEwnJ3WWUog2x4\n"
    "9LxlmH4tLAoL/gIgHpHyxRWpJroOOJ71UCXGwl+EtvKZkeOIO4f501dHr9k=\n"
    "-----END CERTIFICATE-----\n";
/* The private half. */
static const char fixed_open_key[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQghZKzp39gq0e22ExK\n"
    "F7eNZYZ+83OZOjhj5s9LnK+S5TGhRANCAAQTseet+bdL7SGzuS8xKASrT9gCBUQx\n"
    "oI7TfZirYIdyLzWZP3rcRaSnAkukLxTgj1Tan/Dx9e3ufvfXr345ENC8\n"
    "-----END PRIVATE KEY-----\n";

#endif
