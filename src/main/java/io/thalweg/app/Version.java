package io.thalweg.app;

import picocli.CommandLine.IVersionProvider;

/** The version the jar's manifest carries. */
final class Version implements IVersionProvider {
  /** For a class path of folders, where there is no manifest. */
  private static final String UNPACKAGED = "development";

  Version() {}

  /** The version alone. */
  static String number() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? UNPACKAGED : version;
  }

  @Override
  public String[] getVersion() {
    return new String[] {
      "thalweg " + number(),
      "Java " + System.getProperty("java.version") + ", " + System.getProperty("os.name")
    };
  }
}
