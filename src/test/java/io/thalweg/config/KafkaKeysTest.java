package io.thalweg.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KafkaKeysTest {
  private static List<String> refusals(String key, String value) {
    List<String> out = new ArrayList<>();
    KafkaKeys.check(Map.of(key, value), (k, reason) -> out.add(k + " " + reason));
    return out;
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "transactional.id",
        "group.id",
        "enable.auto.commit",
        "isolation.level",
        "auto.offset.reset",
        "key.serializer",
        "value.deserializer",
        "acks",
        "enable.idempotence"
      })
  void keys_the_guarantee_rests_on_are_ours(String key) {
    assertThat(refusals(key, "x")).singleElement().asString().contains("set by Thalweg");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"a\""
            + " password=\"p;q\";",
        "org.apache.kafka.common.security.scram.ScramLoginModule required;",
        "  org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule  REQUIRED"
            + " clientId='x;com.sun.Evil required' ; "
      })
  void the_three_sasl_modules_are_allowed(String jaas) {
    assertThat(refusals("sasl.jaas.config", jaas)).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "com.sun.security.auth.module.JndiLoginModule required user.provider.url=\"ldap://x\";",
        "com.sun.security.auth.module.LdapLoginModule required;",
        "com.sun.security.auth.module.NTLoginModule required;",
        "com.sun.security.auth.module.KeyStoreLoginModule optional;",
        "org.apache.kafka.common.security.plain.PlainLoginModule required;"
            + " com.sun.security.auth.module.JndiLoginModule required;",
        "",
        "nonsense",
        "org.apache.kafka.common.security.plain.PlainLoginModule"
      })
  void anything_else_is_refused(String jaas) {
    assertThat(refusals("sasl.jaas.config", jaas)).isNotEmpty();
    assertThat(refusals("listener.name.x.sasl.jaas.config", jaas)).isNotEmpty();
  }

  @Test
  void everything_else_is_handed_on() {
    assertThat(refusals("ssl.truststore.location", "/etc/kafka/trust.p12")).isEmpty();
  }
}
