package dev.freshet.ranking.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tuple;
import org.junit.jupiter.api.Test;

class BlockPoolTest {

  /** Each block is filled with a number of its own, which must still be there in the end. */
  @Property(tries = 100)
  void blocksNeverOverlap(@ForAll long seed) {
    Random random = new Random(seed);
    BlockPool pool = new BlockPool(true);
    List<Tuple.Tuple3<Integer, Integer, Integer>> blocks = new ArrayList<>();
    for (int step = 0; step < 1_000; step++) {
      if (blocks.isEmpty() || random.nextInt(5) > 1) {
        int room = BlockPool.room(1 + random.nextInt(1 << (1 + random.nextInt(14))));
        int handle = pool.allocate(room);
        fill(pool, handle, room, step);
        blocks.add(Tuple.of(handle, room, step));
      } else {
        Tuple.Tuple3<Integer, Integer, Integer> block =
            blocks.remove(random.nextInt(blocks.size()));
        assertFilled(pool, block);
        pool.free(block.get1(), block.get2());
      }
    }
    blocks.forEach(block -> assertFilled(pool, block));
  }

  private static void fill(BlockPool pool, int handle, int room, int number) {
    int from = pool.offset(handle);
    Arrays.fill(pool.ints(handle), from, from + room, number);
    Arrays.fill(pool.doubles(handle), from, from + room, number);
  }

  private static void assertFilled(BlockPool pool, Tuple.Tuple3<Integer, Integer, Integer> block) {
    int from = pool.offset(block.get1());
    for (int at = from; at < from + block.get2(); at++) {
      assertThat(pool.ints(block.get1())[at]).isEqualTo(block.get3());
      assertThat(pool.doubles(block.get1())[at]).isEqualTo((double) block.get3());
    }
  }

  @Test
  void aBlockHasRoomForTheNextPowerOfTwo() {
    int[] rooms = {4, 4, 4, 4, 8, 8, 8, 8, 16};
    for (int entries = 1; entries <= rooms.length; entries++) {
      assertThat(BlockPool.room(entries)).isEqualTo(rooms[entries - 1]);
    }
    assertThat(BlockPool.room(129)).isEqualTo(256);
    assertThat(BlockPool.room(BlockPool.LARGEST)).isEqualTo(BlockPool.LARGEST);
  }

  @Test
  void whatIsFreedIsGivenAgain() {
    BlockPool pool = new BlockPool(false);
    for (int turn = 0; turn < 1_000; turn++) {
      int[] handles = new int[100];
      for (int block = 0; block < handles.length; block++) {
        handles[block] = pool.allocate(256);
      }
      for (int handle : handles) {
        pool.free(handle, 256);
      }
    }
    assertThat(pool.bytes()).isLessThan(200_000);
  }
}
