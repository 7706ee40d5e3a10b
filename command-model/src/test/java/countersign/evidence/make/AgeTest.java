package countersign.evidence.make;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPrivateKeySpec;
import java.security.spec.XECPublicKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.KeyAgreement;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The format of age, read back by code of the test's own. The key pair is that of RFC 7748 §6.1.
 */
class AgeTest {
  private static final byte[] SECRET =
      HexFormat.of().parseHex("77076d0a7318a57d3c16c17251b26645df4c2f92ebc099ac2e1f7a85bf5a5d25");

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 65_535, 65_536, 65_537, 200_000})
  void opensForItsRecipient(int length) throws Exception {
    byte[] plain = new byte[length];
    Arrays.fill(plain, (byte) 7);
    byte[] share = share(SECRET);
    ByteArrayOutputStream out = new ByteArrayOutputStream();

    Age.to(Encoded.bech32("age", share)).encrypt(new ByteArrayInputStream(plain), out);

    assertThat(open(out.toByteArray(), SECRET, share)).isEqualTo(plain);
  }

  @Test
  void refusesWhatIsNoRecipient() throws Exception {
    String good = Encoded.bech32("age", share(SECRET));
    String wrong =
        good.substring(0, 20) + (good.charAt(20) == 'q' ? 'p' : 'q') + good.substring(21);
    for (String bad :
        new String[] {
          wrong,
          "age1",
          good.toUpperCase(java.util.Locale.ROOT),
          "ssh-ed25519 AAAA",
          Encoded.bech32("age", new byte[32]),
          Encoded.bech32("age", new byte[31])
        }) {
      assertThatThrownBy(() -> Age.to(bad))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("recipient");
    }
  }

  private static byte[] share(byte[] secret) throws Exception {
    byte[] base = new byte[32];
    base[0] = 9;
    return agree(secret, base);
  }

  private static byte[] agree(byte[] secret, byte[] peer) throws Exception {
    KeyFactory factory = KeyFactory.getInstance("X25519");
    PrivateKey key =
        factory.generatePrivate(new XECPrivateKeySpec(NamedParameterSpec.X25519, secret));
    byte[] big = new byte[32];
    for (int i = 0; i < 32; i++) {
      big[31 - i] = peer[i];
    }
    KeyAgreement agreement = KeyAgreement.getInstance("X25519");
    agreement.init(key);
    agreement.doPhase(
        factory.generatePublic(
            new XECPublicKeySpec(NamedParameterSpec.X25519, new BigInteger(1, big))),
        true);
    return agreement.generateSecret();
  }

  private static byte[] open(byte[] file, byte[] secret, byte[] share) throws Exception {
    String text = new String(file, StandardCharsets.ISO_8859_1);
    String[] lines = text.split("\n", 5);
    assertThat(lines[0]).isEqualTo("age-encryption.org/v1");
    assertThat(lines[1]).startsWith("-> X25519 ");
    byte[] ephemeral = Base64.getDecoder().decode(lines[1].substring("-> X25519 ".length()));
    byte[] salt = ByteBuffer.allocate(64).put(ephemeral).put(share).array();
    byte[] fileKey =
        cipher(
            hkdf(agree(secret, ephemeral), salt, "age-encryption.org/v1/X25519"),
            new byte[12],
            Base64.getDecoder().decode(lines[2]));
    int at = lines[0].length() + lines[1].length() + lines[2].length() + lines[3].length() + 4;
    byte[] key = hkdf(fileKey, Arrays.copyOfRange(file, at, at + 16), "payload");
    ByteArrayOutputStream plain = new ByteArrayOutputStream();
    at += 16;
    for (int number = 0; at < file.length; number++) {
      int end = Math.min(file.length, at + 65_536 + 16);
      byte[] nonce = new byte[12];
      nonce[10] = (byte) number;
      nonce[11] = (byte) (end == file.length ? 1 : 0);
      plain.writeBytes(cipher(key, nonce, Arrays.copyOfRange(file, at, end)));
      at = end;
    }
    return plain.toByteArray();
  }

  private static byte[] cipher(byte[] key, byte[] nonce, byte[] sealed) throws Exception {
    Cipher cipher = Cipher.getInstance("ChaCha20-Poly1305");
    cipher.init(
        Cipher.DECRYPT_MODE, new SecretKeySpec(key, "ChaCha20"), new IvParameterSpec(nonce));
    return cipher.doFinal(sealed);
  }

  private static byte[] hkdf(byte[] secret, byte[] salt, String info) throws Exception {
    return KDF.getInstance("HKDF-SHA256")
        .deriveData(
            HKDFParameterSpec.ofExtract()
                .addIKM(secret)
                .addSalt(salt)
                .thenExpand(info.getBytes(StandardCharsets.US_ASCII), 32));
  }

  /** Writes what the program under test only reads. */
  private static final class Encoded {
    private static final String ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    private static final int[] GENERATOR = {
      0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3
    };

    static String bech32(String prefix, byte[] bytes) {
      int[] values = new int[(bytes.length * 8 + 4) / 5 + 6];
      for (int bit = 0; bit < bytes.length * 8; bit++) {
        int set = bytes[bit / 8] >> 7 - bit % 8 & 1;
        values[bit / 5] |= set << 4 - bit % 5;
      }
      int check = 1;
      for (char c : prefix.toCharArray()) {
        check = step(check, c >> 5);
      }
      check = step(check, 0);
      for (char c : prefix.toCharArray()) {
        check = step(check, c & 31);
      }
      for (int value : values) {
        check = step(check, value);
      }
      check ^= 1;
      StringBuilder text = new StringBuilder(prefix).append('1');
      for (int i = 0; i < values.length; i++) {
        int left = values.length - 1 - i;
        text.append(ALPHABET.charAt(left < 6 ? check >> 5 * left & 31 : values[i]));
      }
      return text.toString();
    }

    private static int step(int check, int value) {
      int top = check >>> 25;
      int next = (check & 0x1ffffff) << 5 ^ value;
      for (int i = 0; i < 5; i++) {
        next ^= (top >> i & 1) == 0 ? 0 : GENERATOR[i];
      }
      return next;
    }
  }
}
