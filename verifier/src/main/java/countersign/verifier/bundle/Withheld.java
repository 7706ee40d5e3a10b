package countersign.verifier.bundle;

import countersign.verifier.Malformed;

/** Why something of an event is not in a bundle. */
enum Withheld {
  erased("erased"),
  metadataOnly("metadata-only"),
  outOfScope("out-of-scope");

  private final String word;

  Withheld(String word) {
    this.word = word;
  }

  /** As the bundle says it. */
  String word() {
    return word;
  }

  static Withheld parse(String word) throws Malformed {
    for (Withheld why : values()) {
      if (why.word.equals(word)) {
        return why;
      }
    }
    throw new Malformed("withheld", word, "erased, metadata-only or out-of-scope");
  }
}
