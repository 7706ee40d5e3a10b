package countersign.verifier.timestamp;

import countersign.verifier.Malformed;
import java.io.IOException;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.PSSParameterSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Digests and signatures that authorities use. SHA-1 and what is older is not among them. */
final class Algorithms {
  private static final Map<String, String> DIGESTS =
      Map.of(
          "608648016503040201", "SHA-256",
          "608648016503040202", "SHA-384",
          "608648016503040203", "SHA-512");

  private static final String RSA = "2a864886f70d010101";
  private static final String RSA_PSS = "2a864886f70d01010a";

  private static final Map<String, String> SIGNATURES =
      Map.of(
          "2a864886f70d01010b", "SHA256withRSA",
          "2a864886f70d01010c", "SHA384withRSA",
          "2a864886f70d01010d", "SHA512withRSA",
          "2a8648ce3d040302", "SHA256withECDSA",
          "2a8648ce3d040303", "SHA384withECDSA",
          "2a8648ce3d040304", "SHA512withECDSA",
          "2b6570", "Ed25519");

  private Algorithms() {}

  /** A digest by its object identifier in hex; empty for one that is not known. */
  static Optional<MessageDigest> digest(String object) throws GeneralSecurityException {
    String name = DIGESTS.get(object);
    return name == null ? Optional.empty() : Optional.of(MessageDigest.getInstance(name));
  }

  /**
   * Checks a signature.
   *
   * @param algorithm an AlgorithmIdentifier
   * @param digest of the signer, which plain RSA takes
   * @return empty when the algorithm is not known
   */
  static Optional<Boolean> verify(
      Der algorithm, String digest, PublicKey key, byte[] over, byte[] signature)
      throws Malformed, GeneralSecurityException {
    List<Der> parts = algorithm.values();
    String object = Der.at(parts, 0).object();
    String name =
        switch (object) {
          case RSA ->
              DIGESTS.containsKey(digest) ? DIGESTS.get(digest).replace("-", "") + "withRSA" : null;
          case RSA_PSS -> "RSASSA-PSS";
          default -> SIGNATURES.get(object);
        };
    if (name == null) {
      return Optional.empty();
    }
    Signature verifier = Signature.getInstance(name);
    if (object.equals(RSA_PSS)) {
      verifier.setParameter(pss(Der.at(parts, 1)));
    }
    verifier.initVerify(key);
    verifier.update(over);
    try {
      return Optional.of(verifier.verify(signature));
    } catch (SignatureException _) {
      // Not the form of such a signature.
      return Optional.of(false);
    }
  }

  private static PSSParameterSpec pss(Der parameters) throws GeneralSecurityException {
    AlgorithmParameters read = AlgorithmParameters.getInstance("RSASSA-PSS");
    try {
      read.init(parameters.encoded());
    } catch (IOException e) {
      throw new GeneralSecurityException("parameters of RSASSA-PSS", e);
    }
    return read.getParameterSpec(PSSParameterSpec.class);
  }
}
