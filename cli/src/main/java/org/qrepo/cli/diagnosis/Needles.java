package org.qrepo.cli.diagnosis;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;

/**
 * Finds any of some texts in a stream of bytes, all at once, with one look into a table for each
 * byte: the automaton of Aho and Corasick, all of whose transitions are computed beforehand. Bytes
 * that no text holds share one column.
 *
 * <p>Besides, it stops at the bytes that matter in logs, whatever the texts are: line feed,
 * carriage return, escape. A state is the number of its row times {@link #columns}.
 */
final class Needles {
  private static final int BYTES = 256;

  /** The bytes to stop at, each in a column of its own, the first ones. */
  private static final byte[] STOPS = {'\n', '\r', 0x1b};

  private final int[] columnOf = new int[BYTES];
  private final int columns;
  private final int[] table;
  private final BitSet[] found;
  private final int firstSpecial;

  /**
   * @param needles in UTF-8 none of them holds a line end or an escape
   */
  Needles(List<String> needles) {
    List<byte[]> texts = needles.stream().map(n -> n.getBytes(StandardCharsets.UTF_8)).toList();
    this.columns = assignColumns(texts);
    int most = 1 + texts.stream().mapToInt(t -> t.length).sum();
    int[][] rows = new int[most][];
    BitSet[] here = new BitSet[most];
    int count = plant(texts, rows, here);
    connect(rows, here, count);
    int[] order = ordinaryFirst(here, count);
    int ordinary = (int) Arrays.stream(here, 0, count).filter(BitSet::isEmpty).count();
    this.table = new int[count * columns];
    this.found = new BitSet[count];
    for (int state = 0; state < count; state++) {
      found[order[state]] = here[state];
      for (int column = 0; column < columns; column++) {
        table[order[state] * columns + column] = order[rows[state][column]] * columns;
      }
      for (int stop = 0; stop < STOPS.length; stop++) {
        table[order[state] * columns + stop] = Integer.MAX_VALUE - stop;
      }
    }
    this.firstSpecial = ordinary * columns;
  }

  private int assignColumns(List<byte[]> texts) {
    int next = STOPS.length;
    int others = next++;
    Arrays.fill(columnOf, others);
    for (int i = 0; i < STOPS.length; i++) {
      columnOf[STOPS[i]] = i;
    }
    for (byte[] text : texts) {
      for (byte b : text) {
        if (columnOf[b & 0xff] < STOPS.length) {
          throw new IllegalArgumentException("a line end or an escape in a needle");
        }
        if (columnOf[b & 0xff] == others) {
          columnOf[b & 0xff] = next++;
        }
      }
    }
    return next;
  }

  /** The tree of all texts; a transition that is not in it is -1. */
  private int plant(List<byte[]> texts, int[][] rows, BitSet[] here) {
    int count = 0;
    rows[count] = emptyRow();
    here[count++] = new BitSet();
    for (int i = 0; i < texts.size(); i++) {
      int state = 0;
      for (byte b : texts.get(i)) {
        int column = columnOf[b & 0xff];
        if (rows[state][column] < 0) {
          rows[count] = emptyRow();
          here[count] = new BitSet();
          rows[state][column] = count++;
        }
        state = rows[state][column];
      }
      here[state].set(i);
    }
    return count;
  }

  private int[] emptyRow() {
    int[] row = new int[columns];
    Arrays.fill(row, -1);
    return row;
  }

  /** Fills in where each state goes when its own text does not go on, level by level. */
  private void connect(int[][] rows, BitSet[] here, int count) {
    int[] fallback = new int[count];
    Deque<Integer> queue = new ArrayDeque<>();
    for (int column = 0; column < columns; column++) {
      if (rows[0][column] < 0) {
        rows[0][column] = 0;
      } else {
        queue.add(rows[0][column]);
      }
    }
    while (!queue.isEmpty()) {
      int state = queue.remove();
      here[state].or(here[fallback[state]]);
      for (int column = 0; column < columns; column++) {
        int elsewhere = rows[fallback[state]][column];
        int next = rows[state][column];
        if (next < 0) {
          rows[state][column] = elsewhere;
        } else {
          fallback[next] = elsewhere;
          queue.add(next);
        }
      }
    }
  }

  /** New numbers: the states in which nothing is found come first, the root stays the first. */
  private static int[] ordinaryFirst(BitSet[] here, int count) {
    int[] order = new int[count];
    int next = 0;
    for (boolean empty : new boolean[] {true, false}) {
      for (int state = 0; state < count; state++) {
        if (here[state].isEmpty() == empty) {
          order[state] = next++;
        }
      }
    }
    return order;
  }

  /**
   * Goes on until something is found or the bytes end.
   *
   * @param state 0 at the begin of a line
   */
  Step run(int state, byte[] bytes, int from, int to, Step step) {
    int[] transitions = table;
    int[] column = columnOf;
    int special = firstSpecial;
    int now = state;
    for (int at = from; at < to; at++) {
      int next = transitions[now + column[bytes[at] & 0xff]];
      if (next >= special) {
        return step.set(next > Integer.MAX_VALUE - STOPS.length ? now : next, at + 1, next);
      }
      now = next;
    }
    return step.set(now, to, 0);
  }

  /** Where a run ended and why. */
  static final class Step {
    private int state;
    private int at;
    private int why;

    private Step set(int newState, int newAt, int newWhy) {
      state = newState;
      at = newAt;
      why = newWhy;
      return this;
    }

    /** The state to go on with. */
    int state() {
      return state;
    }

    /** The first byte that was not looked at. */
    int at() {
      return at;
    }

    /** Whether one of the bytes to stop at was met. */
    boolean atStop() {
      return why > Integer.MAX_VALUE - STOPS.length;
    }

    /** Whether needles end here. */
    boolean atNeedles() {
      return why > 0 && !atStop();
    }
  }

  /** Adds the numbers of the needles that end in a state. */
  void addFound(int state, BitSet numbers) {
    numbers.or(found[state / columns]);
  }
}
