package countersign.wire.postgres.sql;

import static org.assertj.core.api.Assertions.assertThat;

import countersign.wire.postgres.RealPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Columns are followed to where they come from, and doubt is kept where they cannot be. */
class LineageTest {
  private static Catalogue catalogue;

  @BeforeAll
  static void read() throws IOException {
    RealPostgres.shared()
        .rows(
            "drop schema if exists lin cascade; create schema lin;"
                + "create table lin.people(id int primary key, name text, ssn text);"
                + "create table lin.pay(id int primary key, person int, note text);"
                + "create view lin.seen as select id, ssn as number from lin.people;"
                + "create view lin.twice as select number as n from lin.seen;"
                + "create view lin.whole as select row_to_json(p) as j from lin.people p");
    catalogue = GivenCatalogue.of("postgres");
  }

  record Case(String expected, String sql) {
    @Override
    public String toString() {
      return sql;
    }
  }

  static Stream<Case> cases() throws IOException {
    try (InputStream in = LineageTest.class.getResourceAsStream("lineage.txt")) {
      List<Case> cases =
          new String(in.readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .filter(line -> !line.isBlank() && !line.startsWith("#"))
              .map(line -> line.split(" \\| ", 2))
              .map(parts -> new Case(parts[0].strip(), parts[1]))
              .toList();
      assertThat(cases).hasSizeGreaterThan(60);
      return cases.stream();
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void followsColumns(Case example) {
    List<Provenance> all =
        GivenCatalogue.read(example.sql(), catalogue, catalogue.names()).traces().provenances();
    assertThat(all).hasSize(1);
    assertThat(written(all.getFirst())).isEqualTo(example.expected());
  }

  private static String written(Provenance of) {
    List<String> words = new ArrayList<>();
    if (of.outputs() == null) {
      words.add("*");
    } else {
      of.outputs().forEach(origin -> words.add(written(origin)));
    }
    for (Provenance.Flow flow : of.flows()) {
      String into = flow.into() == null ? "?" : name(flow.into());
      words.add(">" + into + "<" + written(flow.from().computed()).substring(1));
    }
    if (of.kind() != Provenance.Kind.explains) {
      new TreeSet<>(of.steers().columns().stream().map(LineageTest::name).toList())
          .forEach(name -> words.add("!" + name));
    }
    return String.join(" ", words);
  }

  private static String written(Origin origin) {
    if (origin.unknown()) {
      return "?";
    }
    if (origin.columns().isEmpty()) {
      return "-";
    }
    return (origin.direct() ? "" : "~")
        + new TreeSet<>(origin.columns().stream().map(LineageTest::name).toList())
            .stream().collect(Collectors.joining("+"));
  }

  private static String name(Origin.Column column) {
    Catalogue.Relation relation = catalogue.relation(column.relation());
    return relation.name().name()
        + "."
        + relation.columns().stream()
            .filter(c -> c.number() == column.number())
            .findFirst()
            .orElseThrow()
            .name();
  }
}
