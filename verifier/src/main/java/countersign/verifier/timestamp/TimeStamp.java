package countersign.verifier.timestamp;

import countersign.verifier.Malformed;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * A granted response of a time stamping authority (RFC 3161): over which SHA-256, when, and by
 * whom. Immutable.
 *
 * <pre>{@code
 * TimeStamp stamp = TimeStamp.read(response);
 * if (stamp.isOver(bytes)) {
 *   switch (stamp.signer(moreCertificates)) {…}
 * }
 * }</pre>
 */
public final class TimeStamp {
  /** Bytes of the longest response that is read. */
  public static final int LONGEST = 256 << 10;

  private static final String SIGNED_DATA = "2a864886f70d010702";
  private static final String SHA_256 = "608648016503040201";
  private final byte[] digest;
  private final Instant at;
  private final Optional<BigInteger> nonce;
  private final SignedInfo signed;

  /** Who signed a time stamp. */
  public sealed interface Signer {
    /**
     * The signature is good, and the certificate is for time stamping and was valid then. Who
     * vouches for the certificate is another question: {@link Certificates#vouched}.
     */
    record Certified(X509Certificate certificate) implements Signer {}

    /**
     * It cannot be said here, which is nobody's fault.
     *
     * @param why for a person
     */
    record Unknown(String why) implements Signer {}
  }

  private TimeStamp(byte[] digest, Instant at, Optional<BigInteger> nonce, SignedInfo signed) {
    this.digest = digest;
    this.at = at;
    this.nonce = nonce;
    this.signed = signed;
  }

  /**
   * Reads a response.
   *
   * @param response TimeStampResp in DER
   * @throws Malformed when it is none, is longer than {@link #LONGEST}, grants nothing, or is over
   *     another digest than SHA-256
   */
  public static TimeStamp read(byte[] response) throws Malformed {
    Der.require(response.length <= LONGEST);
    List<Der> outer = Der.one(response, Der.SEQUENCE).values();
    BigInteger status = Der.at(outer, 0).of(Der.SEQUENCE).at(0, Der.INTEGER).number();
    if (status.signum() < 0 || status.bitLength() > 1 || outer.size() != 2) {
      throw new Malformed("timestamp: not granted, status " + status);
    }
    List<Der> token = outer.get(1).of(Der.SEQUENCE).values();
    Der.require(token.size() == 2 && token.getFirst().object().equals(SIGNED_DATA));
    SignedInfo signed =
        SignedInfo.read(token.get(1).of(Der.EXPLICIT_0).at(0, Der.SEQUENCE).values());
    List<Der> info = Der.one(signed.content(), Der.SEQUENCE).values();
    List<Der> imprint = Der.at(info, 2).of(Der.SEQUENCE).values();
    Der.require(
        imprint.size() == 2
            && imprint.getFirst().at(0, Der.OBJECT).object().equals(SHA_256)
            && imprint.get(1).of(Der.OCTETS).content().length == 32);
    // Of what may follow the time only the nonce is an INTEGER.
    Optional<BigInteger> nonce = Optional.empty();
    for (Der more : info.subList(Math.min(5, info.size()), info.size())) {
      if (more.tag() == Der.INTEGER) {
        nonce = Optional.of(more.number());
      }
    }
    return new TimeStamp(imprint.get(1).content(), time(Der.at(info, 4).content()), nonce, signed);
  }

  /** Whether it is over the SHA-256 of these bytes. */
  public boolean isOver(byte[] content) {
    return Arrays.equals(SignedInfo.sha256(content), digest);
  }

  /** When it was given, as the authority says, to the second below. */
  public Instant at() {
    return at;
  }

  /** The number of the request that it answers. */
  public Optional<BigInteger> nonce() {
    return nonce;
  }

  /** The certificates that came with it, in their order. */
  public List<X509Certificate> certificates() {
    return signed.certificates();
  }

  /**
   * Checks the signature.
   *
   * @param more certificates besides those that came with it
   * @throws Malformed when it is not signed by the certificate that it names, or that one is not
   *     for time stamping or was not valid then
   */
  public Signer signer(Collection<X509Certificate> more) throws Malformed {
    return signed.signer(more, at);
  }

  private static Instant time(byte[] text) throws Malformed {
    String time = new String(text, StandardCharsets.US_ASCII);
    try {
      return LocalDateTime.parse(
              time.replaceFirst("(\\.[0-9]+)?Z$", ""),
              DateTimeFormatter.ofPattern("uuuuMMddHHmmss"))
          .toInstant(ZoneOffset.UTC);
    } catch (DateTimeException e) {
      throw new Malformed("genTime", time, "such as 20261121123000Z");
    }
  }
}
