//! A certificate authority of one test run, and a certificate of it for `localhost`.

use crate::fail;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};
use std::path::Path;

/// Writes `root.crt`, `server.crt` and `server.key` into `folder`.
#[track_caller]
pub(crate) fn write(folder: &Path) {
    let written = made().map_err(|error| error.to_string()).and_then(|files| {
        files
            .into_iter()
            .try_for_each(|(name, text)| std::fs::write(folder.join(name), text))
            .map_err(|error| error.to_string())
    });
    if let Err(error) = written {
        fail(&format!("cannot make certificates in {}: {error}", folder.display()));
    }
}

fn made() -> Result<[(&'static str, String); 3], rcgen::Error> {
    let mut root = CertificateParams::new(Vec::<String>::new())?;
    root.distinguished_name.push(DnType::CommonName, "the root of a test run");
    root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    root.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
    let root_key = KeyPair::generate()?;
    let root_certificate = root.self_signed(&root_key)?;
    let issuer = Issuer::new(root, root_key);

    let mut server = CertificateParams::new(vec!["localhost".to_owned()])?;
    server.distinguished_name.push(DnType::CommonName, "localhost");
    server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let server_key = KeyPair::generate()?;
    let server_certificate = server.signed_by(&server_key, &issuer)?;
    Ok([
        ("root.crt", root_certificate.pem()),
        ("server.crt", server_certificate.pem()),
        ("server.key", server_key.serialize_pem()),
    ])
}
