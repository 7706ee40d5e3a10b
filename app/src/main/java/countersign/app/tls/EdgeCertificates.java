package countersign.app.tls;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;
import org.jboss.logging.Logger;

/**
 * The certificate authority that the edges of one data directory have, and the server certificate
 * it signed (EC P-256, RFC 5280). Made at the first start; the server certificate is made anew when
 * less than {@link #RENEW_BEFORE} of it is left, or when this host's names changed. Not
 * thread-safe: called once at start, by the holder of the data directory.
 */
public final class EdgeCertificates {
  private static final Logger LOG = Logger.getLogger(EdgeCertificates.class);
  private static final Duration CA_LIFE = Duration.ofDays(3650);
  private static final Duration SERVER_LIFE = Duration.ofDays(365);

  /** How long before its end a server certificate is replaced. */
  public static final Duration RENEW_BEFORE = Duration.ofDays(60);

  private final Path directory;
  private final Clock clock;

  /** Certificates kept in {@code directory}, which is made when it is missing. */
  public EdgeCertificates(Path directory, Clock clock) {
    this.directory = directory;
    this.clock = clock;
  }

  /**
   * Paths of PEM files.
   *
   * @param ca what clients trust ({@code sslrootcert})
   * @param certificate the server's certificate and the authority's after it
   * @param key the server's key, PKCS #8, readable by its owner only
   */
  public record Pem(Path ca, Path certificate, Path key) {}

  /**
   * Returns the certificates, making what is missing or about to end.
   *
   * @throws IOException if the directory cannot be written, or holds what cannot be read
   */
  public Pem ensure() throws IOException {
    Files.createDirectories(
        directory,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Path ca = directory.resolve("ca.pem");
    Path caKey = directory.resolve("ca.key");
    Path server = directory.resolve("server.pem");
    Path serverKey = directory.resolve("server.key");
    try {
      if (!Files.exists(ca) || !Files.exists(caKey) || ends(ca, RENEW_BEFORE)) {
        makeAuthority(ca, caKey);
        Files.deleteIfExists(server);
      }
      if (!Files.exists(server) || !Files.exists(serverKey) || stale(server)) {
        makeServer(ca, caKey, server, serverKey);
      }
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IOException(directory + ": certificates cannot be made: " + e.getMessage(), e);
    }
    return new Pem(ca, server, serverKey);
  }

  private boolean stale(Path server) throws IOException, GeneralSecurityException {
    if (ends(server, RENEW_BEFORE)) {
      return true;
    }
    var names = read(server).getSubjectAlternativeNames();
    List<String> held =
        names == null ? List.of() : names.stream().map(n -> String.valueOf(n.get(1))).toList();
    return !held.contains(hostName());
  }

  private boolean ends(Path certificate, Duration within)
      throws IOException, GeneralSecurityException {
    return read(certificate).getNotAfter().toInstant().isBefore(clock.instant().plus(within));
  }

  private void makeAuthority(Path ca, Path caKey)
      throws IOException, GeneralSecurityException, OperatorCreationException {
    KeyPair pair = newPair();
    Instant now = clock.instant();
    X500Name name = new X500Name("CN=Countersign edge CA " + serial().toString(36));
    var builder =
        new JcaX509v3CertificateBuilder(
            name,
            serial(),
            Date.from(now.minus(Duration.ofHours(1))),
            Date.from(now.plus(CA_LIFE)),
            name,
            pair.getPublic());
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
    builder.addExtension(
        Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
    builder.addExtension(
        Extension.subjectKeyIdentifier,
        false,
        new JcaX509ExtensionUtils().createSubjectKeyIdentifier(pair.getPublic()));
    X509Certificate certificate = sign(builder, pair.getPrivate());
    write(caKey, pem("PRIVATE KEY", pair.getPrivate().getEncoded()), "rw-------");
    write(ca, pem("CERTIFICATE", certificate.getEncoded()), "rw-r--r--");
    LOG.infof("made=edge-ca until=%s", certificate.getNotAfter().toInstant());
  }

  private void makeServer(Path ca, Path caKey, Path server, Path serverKey)
      throws IOException, GeneralSecurityException, OperatorCreationException {
    X509Certificate issuer = read(ca);
    KeyPair pair = newPair();
    Instant now = clock.instant();
    Date end = Date.from(now.plus(SERVER_LIFE));
    var builder =
        new JcaX509v3CertificateBuilder(
            issuer,
            serial(),
            Date.from(now.minus(Duration.ofHours(1))),
            end.before(issuer.getNotAfter()) ? end : issuer.getNotAfter(),
            new X500Name("CN=Countersign edge"),
            pair.getPublic());
    var extensions = new JcaX509ExtensionUtils();
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
    builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
    builder.addExtension(
        Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
    builder.addExtension(
        Extension.authorityKeyIdentifier, false, extensions.createAuthorityKeyIdentifier(issuer));
    builder.addExtension(
        Extension.subjectKeyIdentifier,
        false,
        extensions.createSubjectKeyIdentifier(pair.getPublic()));
    builder.addExtension(Extension.subjectAlternativeName, false, names());
    X509Certificate certificate = sign(builder, readKey(caKey));
    write(serverKey, pem("PRIVATE KEY", pair.getPrivate().getEncoded()), "rw-------");
    write(
        server,
        pem("CERTIFICATE", certificate.getEncoded()) + pem("CERTIFICATE", issuer.getEncoded()),
        "rw-r--r--");
    LOG.infof("made=edge-certificate until=%s", certificate.getNotAfter().toInstant());
  }

  private static GeneralNames names() {
    List<GeneralName> names = new ArrayList<>();
    names.add(new GeneralName(GeneralName.dNSName, "localhost"));
    if (!hostName().equals("localhost")) {
      names.add(new GeneralName(GeneralName.dNSName, hostName()));
    }
    names.add(new GeneralName(GeneralName.iPAddress, "127.0.0.1"));
    names.add(new GeneralName(GeneralName.iPAddress, "::1"));
    return new GeneralNames(names.toArray(GeneralName[]::new));
  }

  /** This host's name where it is one that a certificate can carry, else {@code localhost}. */
  private static String hostName() {
    try {
      String name = InetAddress.getLocalHost().getHostName().toLowerCase(Locale.ROOT);
      return name.matches("[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?") ? name : "localhost";
    } catch (java.net.UnknownHostException _) {
      // A host without a name of its own is reached as localhost or by its address.
      return "localhost";
    }
  }

  private static X509Certificate sign(JcaX509v3CertificateBuilder builder, PrivateKey key)
      throws OperatorCreationException, GeneralSecurityException {
    return new JcaX509CertificateConverter()
        .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key)));
  }

  private static KeyPair newPair() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"), new SecureRandom());
    return generator.generateKeyPair();
  }

  /** A positive serial number of 127 random bits (RFC 5280 §4.1.2.2: at most 20 octets). */
  private static BigInteger serial() {
    return new BigInteger(127, new SecureRandom()).setBit(120);
  }

  private static X509Certificate read(Path file) throws IOException, GeneralSecurityException {
    try (var in = Files.newInputStream(file)) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
  }

  private static PrivateKey readKey(Path file) throws IOException, GeneralSecurityException {
    String body =
        Files.readString(file, StandardCharsets.US_ASCII).replaceAll("-----[A-Z ]+-----|\\s", "");
    return KeyFactory.getInstance("EC")
        .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(body)));
  }

  private static String pem(String type, byte[] der) throws IOException {
    StringWriter text = new StringWriter();
    try (PemWriter writer = new PemWriter(text)) {
      writer.writeObject(new PemObject(type, der));
    }
    return text.toString();
  }

  /** Whole or not at all, and never readable by others in between. */
  private static void write(Path file, String text, String permissions) throws IOException {
    Path fresh =
        Files.createTempFile(
            file.toAbsolutePath().getParent(),
            ".new",
            ".pem",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(fresh, text, StandardCharsets.US_ASCII);
    Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString(permissions));
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
