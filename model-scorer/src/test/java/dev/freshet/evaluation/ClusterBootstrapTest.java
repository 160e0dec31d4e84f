package dev.freshet.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ClusterBootstrapTest {

  @Test
  void agreesWithTheClusterRobustIntervalWhereBothHold() {
    Random random = new Random(3);
    ClusteredMean mean = new ClusteredMean(2_000);
    ClusterBootstrap bootstrap = new ClusterBootstrap(2_000, 1);
    for (int user = 0; user < 2_000; user++) {
      double own = random.nextGaussian();
      for (int test = 0; test <= user % 7; test++) {
        double value = 0.1 + own + 0.2 * random.nextGaussian();
        mean.add(user, value);
        bootstrap.addTo(bootstrap.test(user), 0, value);
      }
    }
    ClusterBootstrap.Result drawn = bootstrap.draw()[0];
    double width = mean.normal().high() - mean.normal().low();
    assertThat(drawn.low()).isCloseTo(mean.normal().low(), within(0.07 * width));
    assertThat(drawn.high()).isCloseTo(mean.normal().high(), within(0.07 * width));
  }

  @Test
  void usersThatShareAPlaceGiveTheSameInterval() {
    Random random = new Random(4);
    int users = 100_000;
    ClusteredMean mean = new ClusteredMean(users);
    ClusterBootstrap bootstrap = new ClusterBootstrap(users, 1);
    for (int user = 0; user < users; user++) {
      double own = random.nextGaussian();
      mean.add(user, 2 * own, 2);
      bootstrap.addTo(bootstrap.test(user), 0, own);
      bootstrap.addTo(bootstrap.test(user), 0, own);
    }
    ClusterBootstrap.Result drawn = bootstrap.draw()[0];
    double width = mean.normal().high() - mean.normal().low();
    assertThat(drawn.high() - drawn.low()).isCloseTo(width, within(0.07 * width));
  }

  @Test
  void saysHowLikelyADifferenceIsByChance() {
    ClusterBootstrap bootstrap = new ClusterBootstrap(100, 3);
    Random random = new Random(5);
    for (int user = 0; user < 100; user++) {
      int cluster = bootstrap.test(user);
      bootstrap.addTo(cluster, 0, 0);
      bootstrap.addTo(cluster, 1, 1 + random.nextGaussian());
      bootstrap.addTo(cluster, 2, -0.2 + random.nextGaussian());
    }
    ClusterBootstrap.Result[] drawn = bootstrap.draw();
    assertThat(drawn[0]).isEqualTo(new ClusterBootstrap.Result(0, 0, 1));
    assertThat(drawn[1].p()).isCloseTo(2.0 / 2_001, within(1e-12));
    assertThat(drawn[2].p()).isBetween(0.005, 0.2);
    assertThat(bootstrap.draw()).as("drawn with a fixed seed").containsExactly(drawn);
  }

  @Test
  void oneUserTellsNothing() {
    ClusterBootstrap bootstrap = new ClusterBootstrap(1, 1);
    bootstrap.addTo(bootstrap.test(0), 0, 1);
    assertThat(bootstrap.draw()[0].low()).isNaN();
    assertThat(bootstrap.draw()[0].p()).isNaN();
  }
}
