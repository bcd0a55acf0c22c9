/** A certificate that nobody signed but itself, and its key. */

/** For localhost and 127.0.0.1, good for a hundred years; it guards nothing. */
export const key: string = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg0Ul2mSBnhn9BE7Q3
zJEnWbeVlC1JrV3yV46fMQTFbCehRANCAASTS9xQkItGUBJKFEcvPYwoEbHi7w7I
3M4ARrnhgwstBVg8kETfqck0zzkipCk96XiCHmzdA0MpHxDaw8caoiYU
-----END PRIVATE KEY-----`;
/** See `key`. */
export const cert: string = `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUZIBh9nonvIla3oc1cEziJ6QOgqgwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMzE2NDU1OFoYDzIxMjYxMDMw
MTY0NTU4WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAASTS9xQkItGUBJKFEcvPYwoEbHi7w7I3M4ARrnhgwstBVg8kETfqck0
zzkipCk96XiCHmzdA0MpHxDaw8caoiYUo28wbTAdBgNVHQ4EFgQUSjtYAEihXesK
+8q8tqVJzCoEzIowHwYDVR0jBBgwFoAUSjtYAEihXesK+8q8tqVJzCoEzIowDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIhAKi1py5bZXDsjTSKGRPQrnm8DQlJn8hfCcj5H411rRt3AiBf
NYkLjsGey48MoB+0svFYZS2vF/CI+MGdF2aHymsdXQ==
-----END CERTIFICATE-----`;
