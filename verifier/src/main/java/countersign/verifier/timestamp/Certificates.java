package countersign.verifier.timestamp;

import countersign.verifier.Malformed;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Date;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Certificates of time stamping authorities: in PEM, and who vouches for one. */
public final class Certificates {
  private static final int MOST = 64;
  private static final String KEY_IDENTIFIER = "2.5.29.14";

  private Certificates() {}

  /**
   * Reads a file of certificates.
   *
   * @param pem 1 to 64 certificates in PEM; what stands between them is passed over
   * @throws Malformed when there is none, one cannot be read, or there are more
   */
  public static List<X509Certificate> pem(byte[] pem) throws Malformed {
    List<X509Certificate> read = new ArrayList<>();
    try {
      for (Certificate each :
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(pem))) {
        read.add((X509Certificate) each);
      }
    } catch (CertificateException e) {
      throw new Malformed("certificates: cannot be read (expected: PEM)");
    }
    if (read.isEmpty() || read.size() > MOST) {
      throw new Malformed("certificates: " + read.size() + " (expected: 1 to " + MOST + " in PEM)");
    }
    return List.copyOf(read);
  }

  /** Writes certificates in PEM, each once. */
  public static String pem(Collection<X509Certificate> certificates) {
    StringBuilder pem = new StringBuilder();
    Base64.Encoder base64 = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));
    for (X509Certificate each : new LinkedHashSet<>(certificates)) {
      try {
        pem.append("-----BEGIN CERTIFICATE-----\n")
            .append(base64.encodeToString(each.getEncoded()))
            .append("\n-----END CERTIFICATE-----\n");
      } catch (CertificateEncodingException e) {
        throw new IllegalStateException("what was read can be written", e);
      }
    }
    return pem.toString();
  }

  /**
   * Whether roots vouch for a certificate at a time. Revocation is not looked at, which would need
   * a network.
   *
   * @param certificate that is vouched for
   * @param others that may stand between
   * @param roots that are trusted
   */
  public static boolean vouched(
      X509Certificate certificate,
      Collection<X509Certificate> others,
      Collection<X509Certificate> roots,
      Instant at) {
    if (roots.contains(certificate)) {
      return true;
    }
    Set<TrustAnchor> anchors = new HashSet<>();
    roots.forEach(root -> anchors.add(new TrustAnchor(root, null)));
    X509CertSelector target = new X509CertSelector();
    target.setCertificate(certificate);
    List<X509Certificate> all = new ArrayList<>(others);
    all.add(certificate);
    try {
      PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors, target);
      parameters.addCertStore(
          CertStore.getInstance("Collection", new CollectionCertStoreParameters(all)));
      parameters.setDate(Date.from(at));
      parameters.setRevocationEnabled(false);
      return CertPathBuilder.getInstance("PKIX").build(parameters).getCertPath() != null;
    } catch (CertPathBuilderException _) {
      return false;
    } catch (InvalidAlgorithmParameterException | NoSuchAlgorithmException e) {
      throw new IllegalStateException("PKIX is part of every JDK", e);
    }
  }

  static X509Certificate read(byte[] der) throws Malformed {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(der));
    } catch (GeneralSecurityException e) {
      throw new Malformed("timestamp: one of its certificates cannot be read");
    }
  }

  /** The subject key identifier; empty for none. */
  static byte[] keyIdentifier(X509Certificate certificate) throws Malformed {
    byte[] value = certificate.getExtensionValue(KEY_IDENTIFIER);
    if (value == null) {
      return new byte[0];
    }
    return Der.one(Der.one(value, Der.OCTETS).content(), Der.OCTETS).content();
  }
}
