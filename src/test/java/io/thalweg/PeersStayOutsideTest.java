package io.thalweg;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/**
 * The learners that the load tests compare with are no part of the program: one of them is under
 * the GPL, another brings a native library. Only the profile {@code peers} may name them.
 */
class PeersStayOutsideTest {
  private static final String PROFILE = "peers";

  private static final Set<String> VENDORS =
      Set.of("com.github.vowpalwabbit", "nz.ac.waikato.cms.moa", "nz.ac.waikato.cms.weka");

  private static String pom() throws IOException {
    return Files.readString(Path.of(System.getProperty("project.basedir", ".")).resolve("pom.xml"));
  }

  @Test
  void the_build_names_them_in_their_profile_and_nowhere_else() throws Exception {
    assertThat(complaints(pom())).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "moa.classifiers.Classifier",
        "com.yahoo.labs.samoa.instances.Instance",
        "weka.core.Instances",
        "vowpalWabbit.learner.VWLearners",
        "io.thalweg.peers.Peers"
      })
  void their_classes_are_not_to_be_found(String name) {
    assertThat(exists(name)).isFalse();
  }

  @Test
  void this_test_can_fail() throws Exception {
    String pom = pom();
    assertThat(exists("io.thalweg.problem.Problems")).isTrue();
    assertThat(complaints(pom.replace("<id>peers</id>", "<id>jmh</id>")))
        .contains("com.github.vowpalwabbit is named outside of the profile peers");
    String vendor = "<groupId>nz.ac.waikato.cms.moa</groupId>";
    String dependency =
        "<dependency>" + vendor + "<artifactId>moa</artifactId><version>1</version></dependency>";
    assertThat(complaints(pom.replaceFirst("<dependencies>", "<dependencies>" + dependency)))
        .contains(
            "nz.ac.waikato.cms.moa is named outside of the profile peers",
            "nz.ac.waikato.cms.moa has another scope than test");
    assertThat(
            complaints(
                pom.replace(
                    "<id>peers</id>",
                    "<id>peers</id><activation><activeByDefault>true</activeByDefault></activation>")))
        .contains("the profile peers is active without being asked for");
    assertThat(complaints("<project/>")).contains("no profile names com.github.vowpalwabbit");
  }

  private static boolean exists(String name) {
    try {
      Class.forName(name, false, PeersStayOutsideTest.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  /** What is wrong with a build file. */
  private static List<String> complaints(String pom) throws Exception {
    Document document =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(pom.getBytes(StandardCharsets.UTF_8)));
    List<String> found = new ArrayList<>();
    List<String> named = new ArrayList<>();
    NodeList dependencies = document.getElementsByTagName("dependency");
    for (int i = 0; i < dependencies.getLength(); i++) {
      Element dependency = (Element) dependencies.item(i);
      String vendor = text(dependency, "groupId");
      if (!VENDORS.contains(vendor)) {
        continue;
      }
      named.add(vendor);
      Element profile = profile(dependency);
      if (profile == null || !text(profile, "id").equals(PROFILE)) {
        found.add(vendor + " is named outside of the profile " + PROFILE);
      } else if (child(profile, "activation") != null) {
        found.add("the profile " + PROFILE + " is active without being asked for");
      }
      if (!text(dependency, "scope").equals("test")) {
        found.add(vendor + " has another scope than test");
      }
    }
    if (!named.contains("com.github.vowpalwabbit")) {
      found.add("no profile names com.github.vowpalwabbit");
    }
    return found;
  }

  private static Element profile(Node node) {
    for (Node at = node; at != null; at = at.getParentNode()) {
      if (at instanceof Element element && element.getTagName().equals("profile")) {
        return element;
      }
    }
    return null;
  }

  private static Element child(Element parent, String name) {
    for (Node at = parent.getFirstChild(); at != null; at = at.getNextSibling()) {
      if (at instanceof Element element && element.getTagName().equals(name)) {
        return element;
      }
    }
    return null;
  }

  private static String text(Element parent, String name) {
    Element child = child(parent, name);
    return child == null ? "" : child.getTextContent().strip();
  }
}
