package countersign.verifier.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import countersign.verifier.Malformed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.Assume;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

/** Tiles, edge and proofs against the definition of RFC 6962 §2.1, which is recursive and slow. */
class TreeTest {

  /** The tiles of a tree that grew in some steps, and its edge. */
  private static final class Log implements TileSource {
    private final Map<Tile, byte[]> tiles = new TreeMap<>();
    private Edge edge = Edge.EMPTY;

    void grow(List<Hash> leaves) {
      Edge.Growth growth = edge.grow(leaves);
      growth.complete().forEach(kept -> assertThat(tiles.put(kept.tile(), kept.bytes())).isNull());
      growth.partial().forEach(kept -> tiles.put(kept.tile(), kept.bytes()));
      edge = growth.edge();
    }

    @Override
    public byte[] read(Tile tile) throws IOException {
      byte[] bytes = tiles.get(tile);
      if (bytes == null) {
        throw new IOException(tile.path() + ": not there");
      }
      return bytes;
    }
  }

  @Example
  void hasTheRootsOfThePublishedTreeOfEightLeaves() {
    // transparency-dev/merkle, testonly/constants.go: leaves and the root after each.
    String[] leaves = {
      "",
      "00",
      "10",
      "2021",
      "3031",
      "40414243",
      "5051525354555657",
      "606162636465666768696a6b6c6d6e6f"
    };
    String[] roots = {
      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
      "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
      "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
      "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
      "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
      "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
      "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    };
    Edge edge = Edge.EMPTY;
    assertThat(edge.root()).isEqualTo(Hash.EMPTY);
    for (int i = 0; i < leaves.length; i++) {
      edge = edge.grow(List.of(Hash.leaf(HexFormat.of().parseHex(leaves[i])))).edge();
      assertThat(HexFormat.of().formatHex(edge.root().bytes())).isEqualTo(roots[i]);
    }
  }

  @Property(tries = 60)
  void growsToTheSameTreeInAnySteps(@ForAll @Size(max = 6) List<@IntRange(max = 700) Integer> steps)
      throws IOException {
    Log log = new Log();
    List<Hash> leaves = new ArrayList<>();
    for (int step : steps) {
      List<Hash> more = leaves(leaves.size(), step);
      log.grow(more);
      leaves.addAll(more);
      assertThat(log.edge.size()).isEqualTo(leaves.size());
      assertThat(log.edge.root()).isEqualTo(root(leaves));
      Edge read = Edge.read(leaves.size(), log);
      assertThat(read.root()).isEqualTo(log.edge.root());
      assertThat(Proofs.root(leaves.size(), new TileNodes(leaves.size(), log)))
          .isEqualTo(log.edge.root());
    }
    log.tiles.forEach((tile, bytes) -> assertThat(bytes).hasSize(tile.width() * Hash.LENGTH));
  }

  @Property(tries = 300)
  void provesEveryLeafOfEverySizeItHad(@ForAll @LongRange(max = 1999) long index, @ForAll long seed)
      throws IOException {
    long size = index + 1 + new Random(seed).nextLong(2000 - index);
    List<Hash> proof = Proofs.inclusion(index, size, new TileNodes(size, whole()));
    Hash root = root(TWO_THOUSAND.subList(0, (int) size));
    Hash leaf = TWO_THOUSAND.get((int) index);
    assertThat(Proofs.included(index, size, leaf, proof, root)).isTrue();
    assertThat(Proofs.included(index ^ 1, size, leaf, proof, root)).isFalse();
    assertThat(Proofs.included(index, size, Hash.leaf(leaf.bytes()), proof, root)).isFalse();
    for (int i = 0; i < proof.size(); i++) {
      List<Hash> forged = new ArrayList<>(proof);
      forged.set(i, leaf.equals(forged.get(i)) ? Hash.EMPTY : leaf);
      assertThat(Proofs.included(index, size, leaf, forged, root)).isFalse();
    }
  }

  @Property(tries = 300)
  void provesThatItOnlyGrew(@ForAll @LongRange(min = 1, max = 2000) long old, @ForAll long seed)
      throws IOException {
    long size = old + new Random(seed).nextLong(2001 - old);
    List<Hash> proof = Proofs.consistency(old, size, new TileNodes(size, whole()));
    Hash before = root(TWO_THOUSAND.subList(0, (int) old));
    Hash now = root(TWO_THOUSAND.subList(0, (int) size));
    assertThat(Proofs.consistent(old, size, before, now, proof)).isTrue();
    assertThat(Proofs.consistent(0, size, Hash.EMPTY, now, proof)).isFalse();
    assertThat(Proofs.consistent(old, size, Hash.EMPTY, now, proof)).isFalse();
    assertThat(Proofs.consistent(old, size, before, Hash.EMPTY, proof)).isFalse();
    Assume.that(old < size);
    assertThat(Proofs.consistent(old, size, before, now, List.of())).isFalse();
    assertThat(Proofs.consistent(old, size, now, before, proof)).isFalse();
  }

  @Property
  void readsThePathsThatItWrites(
      @ForAll @IntRange(max = 7) int level,
      @ForAll @LongRange(max = (1L << 55) - 1) long index,
      @ForAll @IntRange(min = 1, max = 256) int width)
      throws Malformed {
    Tile tile = new Tile(level, index, width);
    assertThat(Tile.parse(tile.path())).isEqualTo(new Tile.Named(tile, false));
    Tile lowest = new Tile(0, index, width);
    assertThat(Tile.parse(lowest.entriesPath())).isEqualTo(new Tile.Named(lowest, true));
  }

  @Example
  void namesTilesAsTheSpecificationDoes() {
    assertThat(new Tile(0, 1_234_067, 256).path()).isEqualTo("tile/0/x001/x234/067");
    assertThat(new Tile(3, 0, 17).path()).isEqualTo("tile/3/000.p/17");
    assertThat(new Tile(0, 273, 112).entriesPath()).isEqualTo("tile/entries/273.p/112");
    assertThat(Tile.holding(0, 69_999, 70_000)).isEqualTo(new Tile(0, 273, 112));
    assertThat(Tile.holding(1, 272, 70_000)).isEqualTo(new Tile(1, 1, 17));
    assertThat(Tile.holding(2, 0, 70_000)).isEqualTo(new Tile(2, 0, 1));
    for (String wrong :
        List.of(
            "tile/8/000",
            "tile/0/00",
            "tile/0/x000/001",
            "tile/0/000.p/0",
            "tile/0/000.p/256",
            "tile/0/000.p/01",
            "tile/00/000",
            "tile/0/001/000",
            "tile/0/../000",
            "/tile/0/000",
            "tile/0/x999/x999/x999/x999/x999/x999/999",
            "tile/entry/000",
            "tile/0/000 ")) {
      assertThatThrownBy(() -> Tile.parse(wrong)).as(wrong).isInstanceOf(Malformed.class);
    }
  }

  @Example
  void growingLeavesTheOldEdgeAsItWas() {
    Edge old = Edge.EMPTY.grow(TWO_THOUSAND.subList(0, 300)).edge();
    Hash before = old.root();
    old.grow(TWO_THOUSAND.subList(300, 900));
    assertThat(old.root()).isEqualTo(before);
    assertThat(old.size()).isEqualTo(300);
  }

  private static final List<Hash> TWO_THOUSAND = leaves(0, 2000);

  /** Tiles of all widths: a tree of 2,000 leaves, cut to what was asked for. */
  private static TileSource whole() {
    Log log = new Log();
    log.grow(TWO_THOUSAND);
    return tile -> {
      for (Map.Entry<Tile, byte[]> kept : log.tiles.entrySet()) {
        Tile found = kept.getKey();
        if (found.level() == tile.level()
            && found.index() == tile.index()
            && found.width() >= tile.width()) {
          return kept.getValue();
        }
      }
      throw new IOException(tile.path() + ": not there");
    };
  }

  private static List<Hash> leaves(int from, int count) {
    List<Hash> leaves = new ArrayList<>();
    for (int i = from; i < from + count; i++) {
      leaves.add(Hash.leaf(ByteBuffer.allocate(4).putInt(i).array()));
    }
    return leaves;
  }

  private static Hash root(List<Hash> leaves) {
    if (leaves.isEmpty()) {
      return Hash.EMPTY;
    }
    if (leaves.size() == 1) {
      return leaves.getFirst();
    }
    int k = Integer.highestOneBit(leaves.size() - 1);
    return Hash.node(root(leaves.subList(0, k)), root(leaves.subList(k, leaves.size())));
  }
}
