package countersign.verifier.timestamp;

import countersign.verifier.Malformed;
import countersign.verifier.timestamp.TimeStamp.Signer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Optional;

/**
 * The signed data (RFC 5652) around a TSTInfo, by one signer, over attributes, as RFC 3161 wants
 * it.
 *
 * @param content the DER of TSTInfo
 * @param certificates that came with it
 */
record SignedInfo(
    byte[] content,
    List<X509Certificate> certificates,
    Der signer,
    Der digestAlgorithm,
    Der attributes,
    Der algorithm,
    byte[] signature) {
  private static final String TST_INFO = "2a864886f70d0109100104";
  private static final String CONTENT_TYPE = "2a864886f70d010903";
  private static final String MESSAGE_DIGEST = "2a864886f70d010904";
  private static final String SIGNING_CERTIFICATE = "2a864886f70d010910020c";
  private static final String SIGNING_CERTIFICATE_V2 = "2a864886f70d010910022f";
  private static final String TIME_STAMPING = "1.3.6.1.5.5.7.3.8";
  private static final int MOST_CERTIFICATES = 16;

  static SignedInfo read(List<Der> data) throws Malformed {
    List<Der> encapsulated = Der.at(data, 2).of(Der.SEQUENCE).values();
    Der.require(encapsulated.size() == 2 && encapsulated.getFirst().object().equals(TST_INFO));
    byte[] content = encapsulated.get(1).of(Der.EXPLICIT_0).at(0, Der.OCTETS).content();
    List<X509Certificate> certificates = List.of();
    for (Der more : data.subList(3, data.size())) {
      if (more.tag() == Der.EXPLICIT_0) {
        certificates = certificates(more.values());
      }
    }
    List<Der> signers = data.getLast().of(Der.SET).values();
    Der.require(signers.size() == 1);
    List<Der> info = signers.getFirst().of(Der.SEQUENCE).values();
    return new SignedInfo(
        content,
        certificates,
        Der.at(info, 1),
        Der.at(info, 2).at(0, Der.OBJECT),
        Der.at(info, 3).of(Der.EXPLICIT_0),
        Der.at(info, 4).of(Der.SEQUENCE),
        Der.at(info, 5).of(Der.OCTETS).content());
  }

  private static List<X509Certificate> certificates(List<Der> values) throws Malformed {
    Der.require(values.size() <= MOST_CERTIFICATES);
    List<X509Certificate> read = new ArrayList<>();
    for (Der value : values) {
      // Others than X.509 have tags of their own.
      if (value.tag() == Der.SEQUENCE) {
        read.add(Certificates.read(value.encoded()));
      }
    }
    return List.copyOf(read);
  }

  Signer signer(Collection<X509Certificate> more, Instant at) throws Malformed {
    List<X509Certificate> known = new ArrayList<>(certificates);
    known.addAll(more);
    Optional<X509Certificate> named = named(known);
    if (named.isEmpty()) {
      return new Signer.Unknown("the certificate of its signer is not here");
    }
    X509Certificate certificate = named.get();
    try {
      Optional<MessageDigest> digest = Algorithms.digest(digestAlgorithm.object());
      if (digest.isEmpty()) {
        return new Signer.Unknown("its digest is none of SHA-256, SHA-384 and SHA-512");
      }
      if (!attribute(CONTENT_TYPE).object().equals(TST_INFO)
          || !Arrays.equals(
              attribute(MESSAGE_DIGEST).of(Der.OCTETS).content(), digest.get().digest(content))) {
        throw new Malformed("timestamp: its signature is over something else");
      }
      requireCertificate(certificate);
      // What is signed is a SET; in its place stands the tag [0].
      byte[] over = attributes.encoded();
      over[0] = Der.SET;
      Optional<Boolean> good =
          Algorithms.verify(
              algorithm, digestAlgorithm.object(), certificate.getPublicKey(), over, signature);
      if (good.isEmpty()) {
        return new Signer.Unknown("its signature is of a kind that is not known here");
      }
      if (!good.get()) {
        throw new Malformed("timestamp: its signature is not that of " + name(certificate));
      }
      requireFor(certificate, at);
      return new Signer.Certified(certificate);
    } catch (GeneralSecurityException e) {
      throw new Malformed("timestamp: its signature cannot be read: " + e.getMessage());
    }
  }

  private Optional<X509Certificate> named(List<X509Certificate> known) throws Malformed {
    for (X509Certificate each : known) {
      if (signer.tag() == Der.SEQUENCE
          ? Arrays.equals(
                  each.getIssuerX500Principal().getEncoded(), signer.at(0, Der.SEQUENCE).encoded())
              && each.getSerialNumber().equals(signer.at(1, Der.INTEGER).number())
          : Arrays.equals(Certificates.keyIdentifier(each), signer.content())) {
        return Optional.of(each);
      }
    }
    return Optional.empty();
  }

  /** The one value of an attribute that must be there once. */
  private Der attribute(String object) throws Malformed {
    return optional(object).orElseThrow(() -> new Malformed("timestamp: lacks an attribute"));
  }

  private Optional<Der> optional(String object) throws Malformed {
    Optional<Der> found = Optional.empty();
    for (Der attribute : attributes.values()) {
      if (attribute.at(0, Der.OBJECT).object().equals(object)) {
        List<Der> values = attribute.at(1, Der.SET).values();
        Der.require(found.isEmpty() && values.size() == 1);
        found = Optional.of(values.getFirst());
      }
    }
    return found;
  }

  /** The signed attributes say by their hash which certificate is meant. */
  private void requireCertificate(X509Certificate certificate)
      throws Malformed, GeneralSecurityException {
    Optional<Der> second = optional(SIGNING_CERTIFICATE_V2);
    Der named = second.isPresent() ? second.get() : attribute(SIGNING_CERTIFICATE);
    List<Der> first = named.at(0, Der.SEQUENCE).at(0, Der.SEQUENCE).values();
    boolean said = second.isPresent() && Der.at(first, 0).tag() == Der.SEQUENCE;
    Optional<MessageDigest> digest =
        said
            ? Algorithms.digest(first.getFirst().at(0, Der.OBJECT).object())
            : Optional.of(MessageDigest.getInstance(second.isPresent() ? "SHA-256" : "SHA-1"));
    byte[] hash = Der.at(first, said ? 1 : 0).of(Der.OCTETS).content();
    if (digest.isEmpty() || !Arrays.equals(digest.get().digest(certificate.getEncoded()), hash)) {
      throw new Malformed("timestamp: of another certificate than " + name(certificate));
    }
  }

  private static void requireFor(X509Certificate certificate, Instant at) throws Malformed {
    try {
      List<String> uses = certificate.getExtendedKeyUsage();
      if (uses == null || !uses.contains(TIME_STAMPING)) {
        throw new Malformed("timestamp: " + name(certificate) + " is not for time stamping");
      }
      certificate.checkValidity(Date.from(at));
    } catch (CertificateException e) {
      throw new Malformed("timestamp: " + name(certificate) + " was not valid at " + at);
    }
  }

  private static String name(X509Certificate certificate) {
    return Malformed.shown(certificate.getSubjectX500Principal().getName());
  }

  static byte[] sha256(byte[] content) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(content);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is part of every JDK", e);
    }
  }
}
