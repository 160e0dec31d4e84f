package dev.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** One name, one meaning: no two top-level classes of any module share a simple name. */
class UniqueNamesTest {

  @Test
  void noTwoClassesShareAName() {
    Map<String, Set<String>> byName = new TreeMap<>();
    for (JavaClass each :
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.freshet")) {
      if (each.isTopLevelClass()
          && !each.getSimpleName().equals("package-info")
          && !each.getPackageName().contains("jmh_generated")) {
        byName.computeIfAbsent(each.getSimpleName(), name -> new TreeSet<>()).add(each.getName());
      }
    }
    assertThat(byName).hasSizeGreaterThan(500);
    byName.values().removeIf(classes -> classes.size() == 1);
    assertThat(byName).isEmpty();
  }
}
