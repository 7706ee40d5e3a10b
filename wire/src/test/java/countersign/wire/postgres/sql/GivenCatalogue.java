package countersign.wire.postgres.sql;

import countersign.wire.postgres.RealPostgres;
import countersign.wire.postgres.RealSession;
import countersign.wire.postgres.grammar.GivenGrammar;
import countersign.wire.postgres.grammar.Grammars;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the catalogue of a real server as the edge does. */
final class GivenCatalogue {
  private GivenCatalogue() {}

  private static int major;

  static synchronized int major() {
    if (major == 0) {
      String number =
          RealPostgres.shared().rows("select current_setting('server_version_num')").getFirst();
      major = Integer.parseInt(number) / 10_000;
    }
    return major;
  }

  static Catalogue of(String database) throws IOException {
    CatalogueRows rows = new CatalogueRows();
    try (RealSession session = new RealSession(RealPostgres.shared(), database)) {
      for (int i = 0; i < CatalogueRows.STATEMENTS.size(); i++) {
        RealSession.Answer answer = session.run(CatalogueRows.STATEMENTS.get(i));
        if (answer.error() != null) {
          throw new IllegalStateException(CatalogueRows.STATEMENTS.get(i) + answer.error());
        }
        for (List<@Nullable String> row : answer.rows()) {
          rows.add(i, row);
        }
      }
    }
    int grammar = Grammars.nearest(major());
    return rows.judge(sql -> GivenGrammar.parse(grammar, sql));
  }

  static Reading read(String sql, Catalogue catalogue, Names names) {
    int grammar = Grammars.nearest(major());
    Analysed analysed = Analyse.analyse(sql, GivenGrammar.parse(grammar, sql));
    return Understanding.read(analysed, major(), catalogue, names);
  }
}
