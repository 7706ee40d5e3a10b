package countersign.verifier.bundle;

import countersign.verifier.Malformed;
import countersign.verifier.note.Checkpoint;
import countersign.verifier.timestamp.TimeStamp;
import java.time.Instant;

/** The file of a bundle that tells a person how to check it. */
final class Reading {
  private Reading() {}

  static String verify(Checkpoint checkpoint, BundleLog log) {
    String stamped = log.timestamp().map(Reading::stamped).orElse(NOT_STAMPED);
    return TEXT.formatted(checkpoint.origin(), checkpoint.size(), log.key()) + stamped + LIMITS;
  }

  private static String stamped(BundleLog.Timestamp timestamp) {
    try {
      Instant at = TimeStamp.read(timestamp.response()).at();
      return STAMPED.formatted(at, at.getEpochSecond());
    } catch (Malformed e) {
      throw new IllegalStateException("what was checked can be read", e);
    }
  }

  private static final String STAMPED =
      """

      ## The time, with openssl alone

      An authority stamped `log/checkpoint` at %1$s (RFC 3161).

      ```sh
      openssl ts -verify -in log/checkpoint.tsr -data log/checkpoint -partial_chain -CAfile "${TSA_ROOT:-log/tsa-chain.pem}" -untrusted log/tsa-chain.pem
      ```

      As it stands this takes the authority's certificates from the bundle. Set `TSA_ROOT` to the file
      of the root that you know, and it takes that; `countersign verify --tsa-root FILE` does the same.
      Once a certificate has run out, add `-attime %2$d`, the time of the stamp.
      """;

  private static final String NOT_STAMPED =
      """

      ## The time

      No time stamping authority stamped this checkpoint: none was asked, or it did not answer. Who
      cosigned it says when he saw it.
      """;

  private static final String TEXT =
      """
      # How to check this bundle

      It holds a part of the log `%s` as of %d leaves. Nothing in it has to be believed, and nothing
      here needs a network.

      ## With our verifier

      ```sh
      countersign verify BUNDLE.zip --policy my-policy.txt --since my-last-checkpoint
      ```

      Exit code 0: all proven. 1: tampered with. 2: incomplete. 3: not signed by a key you trust. 4:
      proven, but something was erased. Without `--policy` the key is only what the bundle itself says;
      `my-policy.txt` holds the key that you were given by another way, in this form:

      ```
      log %s
      quorum none
      ```

      ## The files, with sha256sum

      ```sh
      unzip -q BUNDLE.zip -d bundle && cd bundle
      python3 -c 'import json; [print(f["sha256"], "", f["path"]) for f in json.load(open("MANIFEST.json"))["files"]]' | sha256sum -c --quiet && echo OK
      ```

      ## The checkpoint, with openssl alone

      A checkpoint is a text, an empty line, and signatures. The log's signature is Ed25519 over the
      text.

      ```sh
      sed '/^$/,$d' log/checkpoint > body
      sed -n '/^— /{p;q}' log/checkpoint | awk '{print $3}' | base64 -d | tail -c 64 > sig
      openssl pkeyutl -verify -pubin -inkey log/log.pem -rawin -in body -sigfile sig
      ```

      Compare `log/log.pem` with the key that you were given by another way.

      ## The tree, with Go

      `golang.org/x/mod/sumdb/note` and `.../tlog` are what guards Go's own checksum database. Line n
      of `events/leaves.jsonl`, without its line break, is the entry at the position that line n of
      `events/disclosed.jsonl` calls `idx`; `log/tile/L/N` are tiles of height 8.

      ```go
      signed, err := note.Open(checkpoint, note.VerifierList(verifier)) // verifier: note.NewVerifier(your vkey)
      root, err := tlog.NewHash(...)                                    // third line of signed.Text
      tree := tlog.Tree{N: size, Hash: root}
      proof, err := tlog.ProveRecord(size, idx, tlog.TileHashReader(tree, tilesOfThisBundle))
      err = tlog.CheckRecord(proof, size, root, idx, tlog.RecordHash(leafLine))
      ```

      ## An event

      The leaf commits to SHA-256 of the clear half (`clear`), of the sealed half (`sealed`), and to the
      key: SHA-256 over `countersign/key/v1` and the 32 bytes of `key`. The sealed half is AES-256-GCM
      under that key with a nonce of 12 zero bytes; its associated data is id (16 bytes), version (4),
      session (16, zeros for none), number in the session (8, all ones for none), then the type.
      """;

  private static final String LIMITS =
      """

      ## What it does not prove

      It proves what the gateway recorded, and that the record was not changed since. It does not prove
      that nothing went around the gateway: compare with the target's own log. A bundle of sessions that
      match a question (not of a time) does not prove that no other session matches.
      """;
}
