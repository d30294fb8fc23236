//! Where secrets are kept: our trait, the platform keychain, the kernel keyring, a named file.
