//! The encrypted file: a JSON header with a version, Argon2id (RFC 9106) from the passphrase to a key, and the secrets
//! in XChaCha20-Poly1305 with the header as associated data. A SHA-256 over all of it tells a damaged file from a
//! wrong passphrase, which the cipher alone cannot.

use crate::private_file::PrivateFile;
use crate::{KeychainError, Secret};
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use zeroize::Zeroizing;

pub(super) type Secrets = BTreeMap<String, Zeroizing<String>>;

const NAME: &str = "maquette-secrets";
const VERSION: u32 = 1;
/// What a file may ask for: it is read before anybody can trust it.
const MOST_MEMORY_KIB: u32 = 1024 * 1024;
const MOST_PASSES: u32 = 64;
const MOST_LANES: u32 = 16;

/// What deriving a key costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cost {
    pub memory_kib: u32,
    pub passes: u32,
    pub lanes: u32,
}

impl Default for Cost {
    /// 64 MiB and three passes, as RFC 9106 section 4 recommends where memory is scarce, on one lane.
    fn default() -> Self {
        Cost { memory_kib: 64 * 1024, passes: 3, lanes: 1 }
    }
}

/// The header, which the cipher authenticates: its members are written in this order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Header {
    file: String,
    version: u32,
    key: String,
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    salt: String,
    cipher: String,
}

/// The file as it was read, or one to be written.
#[derive(Debug, Clone)]
pub(super) struct Sealed {
    header: Header,
    nonce: Vec<u8>,
    data: Vec<u8>,
}

/// A key, and what it was derived with.
pub(super) struct Key {
    bytes: Zeroizing<[u8; 32]>,
    header: Header,
}

impl Key {
    /// Whether deriving again would give the same.
    pub fn fits(&self, sealed: &Sealed) -> bool {
        self.header == sealed.header
    }
}

impl Sealed {
    /// An empty one with a salt of its own.
    pub fn new(cost: Cost) -> Sealed {
        let header = Header {
            file: NAME.to_owned(),
            version: VERSION,
            key: "argon2id".to_owned(),
            memory_kib: cost.memory_kib,
            passes: cost.passes,
            lanes: cost.lanes,
            salt: STANDARD.encode(random::<16>()),
            cipher: "xchacha20-poly1305".to_owned(),
        };
        Sealed { header, nonce: Vec::new(), data: Vec::new() }
    }

    /// Reads the file; nothing is decrypted yet.
    pub fn parse(text: &str, file: &PrivateFile) -> Result<Sealed, KeychainError> {
        let damaged = |reason: &str| KeychainError::Damaged { path: file.shown(), reason: reason.to_owned() };
        let mut members: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(text).map_err(|_| damaged("it is not the JSON that was written"))?;
        if members.get("file").and_then(|name| name.as_str()) != Some(NAME) {
            return Err(file.wrong("it is no secrets file of Maquette"));
        }
        if members.get("version").and_then(serde_json::Value::as_u64).is_some_and(|version| version > VERSION.into()) {
            return Err(file.wrong("a newer Maquette wrote it"));
        }
        let mut take = |name: &str| {
            let text = members.remove(name).and_then(|value| value.as_str().map(str::to_owned));
            text.ok_or_else(|| damaged(&format!("its member `{name}` is missing")))
        };
        let (nonce, data, checksum) = (take("nonce")?, take("data")?, take("checksum")?);
        let header: Header = serde_json::from_value(serde_json::Value::Object(members))
            .map_err(|_| damaged("its header cannot be read"))?;
        let bytes = |text: &str| STANDARD.decode(text).map_err(|_| damaged("its base64 is broken"));
        let sealed = Sealed { header, nonce: bytes(&nonce)?, data: bytes(&data)? };
        if sealed.checksum() != checksum {
            return Err(damaged("its checksum does not fit"));
        }
        Ok(sealed)
    }

    /// The key that a passphrase gives with this header.
    pub fn derive(&self, passphrase: &Secret, file: &PrivateFile) -> Result<Key, KeychainError> {
        let header = &self.header;
        let known = header.version == VERSION && header.key == "argon2id" && header.cipher == "xchacha20-poly1305";
        let bearable =
            header.memory_kib <= MOST_MEMORY_KIB && header.passes <= MOST_PASSES && header.lanes <= MOST_LANES;
        if !known || !bearable {
            return Err(file.wrong("its header asks for what this Maquette does not do"));
        }
        let unusable = || file.wrong("its key parameters cannot be used");
        let salt = STANDARD.decode(&header.salt).map_err(|_| unusable())?;
        let params = Params::new(header.memory_kib, header.passes, header.lanes, Some(32)).map_err(|_| unusable())?;
        let mut bytes = Zeroizing::new([0_u8; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase.expose().as_bytes(), &salt, bytes.as_mut())
            .map_err(|_| unusable())?;
        Ok(Key { bytes, header: header.clone() })
    }

    /// The secrets in it.
    pub fn open(&self, key: &Key, file: &PrivateFile) -> Result<Secrets, KeychainError> {
        // The checksum fitted, so the file is whole: it is the passphrase, or somebody wrote the file on purpose.
        let wrong = || KeychainError::WrongPassphrase { path: file.shown() };
        let nonce: [u8; 24] = self.nonce.as_slice().try_into().map_err(|_| wrong())?;
        let payload = Payload { msg: &self.data, aad: &self.associated() };
        let plain = cipher(key).decrypt(&XNonce::from(nonce), payload).map_err(|_| wrong())?;
        let plain = Zeroizing::new(plain);
        let texts: BTreeMap<String, String> = serde_json::from_slice(&plain).map_err(|_| wrong())?;
        Ok(texts.into_iter().map(|(name, secret)| (name, Zeroizing::new(secret))).collect())
    }

    /// The text of the file with these secrets: the same salt, a nonce of its own.
    pub fn seal(&self, key: &Key, secrets: &Secrets, file: &PrivateFile) -> Result<String, KeychainError> {
        let unwritable = || file.wrong("it cannot be encrypted");
        let texts: BTreeMap<&str, &str> = secrets.iter().map(|(name, secret)| (&**name, &***secret)).collect();
        let plain = Zeroizing::new(serde_json::to_vec(&texts).map_err(|_| unwritable())?);
        let nonce = random::<24>();
        let payload = Payload { msg: &plain, aad: &self.associated() };
        let data = cipher(key).encrypt(&XNonce::from(nonce), payload).map_err(|_| unwritable())?;
        let sealed = Sealed { header: self.header.clone(), nonce: nonce.to_vec(), data };
        let mut members = serde_json::to_value(&sealed.header).map_err(|_| unwritable())?;
        if let Some(members) = members.as_object_mut() {
            members.insert("nonce".to_owned(), STANDARD.encode(&sealed.nonce).into());
            members.insert("data".to_owned(), STANDARD.encode(&sealed.data).into());
            members.insert("checksum".to_owned(), sealed.checksum().into());
        }
        serde_json::to_string_pretty(&members).map_err(|_| unwritable())
    }

    fn associated(&self) -> Vec<u8> {
        serde_json::to_vec(&self.header).unwrap_or_default()
    }

    fn checksum(&self) -> String {
        let mut hash = Sha256::new();
        for part in [&self.associated(), &self.nonce, &self.data] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        STANDARD.encode(hash.finalize())
    }
}

fn cipher(key: &Key) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new((&*key.bytes).into())
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    rand::RngCore::fill_bytes(&mut rand::rngs::OsRng, &mut bytes);
    bytes
}
