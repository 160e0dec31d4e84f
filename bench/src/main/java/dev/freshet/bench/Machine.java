package dev.freshet.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.freshet.client.FreshetHome;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.runtime.util.EnvironmentInformation;
import org.apache.kafka.common.utils.AppInfoParser;

/**
 * What a measurement ran on.
 *
 * @param processors that this process may use
 * @param load of the machine in the minute before, processes that want a processor; negative:
 *     unknown. What others do is in the figures
 * @param jvmArguments of this process, and so of the others
 */
public record Machine(
    String system,
    String processor,
    int processors,
    long memoryBytes,
    double load,
    String java,
    List<String> jvmArguments,
    String freshet,
    String flink,
    String kafka,
    String redis) {

  private static final Path CPU = Path.of("/proc/cpuinfo");

  static Machine here(String redis) {
    OperatingSystemMXBean os = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    return new Machine(
        os.getName() + " " + os.getVersion() + " " + os.getArch(),
        processorName(),
        os.getAvailableProcessors(),
        os.getTotalMemorySize(),
        os.getSystemLoadAverage(),
        System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"),
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
            .filter(argument -> argument.startsWith("-X"))
            .toList(),
        FreshetHome.VERSION,
        EnvironmentInformation.getVersion(),
        AppInfoParser.getVersion(),
        redis);
  }

  private static String processorName() {
    try {
      for (String line : Files.readAllLines(CPU)) {
        if (line.startsWith("model name")) {
          return line.substring(line.indexOf(':') + 1).strip();
        }
      }
    } catch (IOException e) {
      return "unknown"; // not Linux
    }
    return "unknown";
  }
}
