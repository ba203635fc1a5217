package org.qrepo.audit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.qrepo.database.DatabaseEntry;

class RelationTest {
  @ParameterizedTest
  @CsvSource({
    "foo, foo, ANY, ''",
    "foo=1, foo, EQUAL, 1",
    "foo<2, foo, LESS, 2",
    "foo<=2-1, foo, AT_MOST, 2-1",
    "foo>1:2, foo, MORE, 1:2",
    "foo>=1:2-3, foo, AT_LEAST, 1:2-3",
    "libx.so=1-64, libx.so, EQUAL, 1-64",
    "foo: for the bar, foo, ANY, ''",
    "foo>=1: for x=y, foo, AT_LEAST, 1",
    "foo=, foo, EQUAL, ''",
    "foo=>1, foo=, MORE, 1",
    "foo==1, foo, EQUAL, =1",
  })
  void parses(String text, String name, Relation.Comparison comparison, String version) {
    assertThat(Relation.parse(text)).isEqualTo(new Relation(name, comparison, version, text));
  }

  @ParameterizedTest
  @CsvSource({
    // relation, name and version of a package, satisfied
    "foo, 1-1, true",
    "foo=1, 1-1, true",
    "foo=1, 1-7, true",
    "foo=1-1, 1-2, false",
    "foo=1, 1:1-1, false",
    "foo<2, 1:1-1, false",
    "foo<2, 1.9-1, true",
    "foo>=1:0, 5-1, false",
    "foo=1<2, 1-1, false",
  })
  void isMetByAPackage(String relation, String version, boolean met) {
    assertThat(offer("foo", version).satisfies(Relation.parse(relation))).isEqualTo(met);
  }

  @ParameterizedTest
  @CsvSource({
    // relation, provision of a package, satisfied
    "foo, foo, true",
    "foo, foo=3, true",
    "foo, foo>=3, true",
    "foo>=1, foo, false",
    "foo>=1, foo=1, true",
    "foo>=1, foo>=1, false",
    "foo>=1, foo<2, false",
    "libx.so=1-64, libx.so=1-64, true",
    "libx.so=1-64, libx.so=1-32, false",
    "libx.so=1-64, libx.so=1, true",
    "libx.so=1, libx.so=1-64, true",
    "libx.so=1-64, libx.so, false",
    "foo=1, bar=1, false",
  })
  void isMetByAProvision(String relation, String provision, boolean met) {
    Offer offer = offer("other", "9-1", "provides = " + provision);
    assertThat(offer.satisfies(Relation.parse(relation))).isEqualTo(met);
  }

  @ParameterizedTest
  @CsvSource({
    "foo<2, 2-1, true",
    "foo<=2, 3-1, true",
    "foo=1, 2-1, true",
    "foo=2, 1-1, false",
    "foo<2, 1-1, false",
    "foo>=2, 1-1, false",
    "foo, 1-1, false",
  })
  void isOutrun(String relation, String version, boolean outrun) {
    assertThat(Relation.parse(relation).isOutrunBy(version)).isEqualTo(outrun);
  }

  private static Offer offer(String name, String version, String... lines) {
    DatabaseEntry entry = Worlds.entry(name, version, lines);
    return new Offer("core", 0, entry);
  }
}
