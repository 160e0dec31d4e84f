package dev.freshet.replay.reader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.schema.DeadLetter;
import dev.freshet.schema.UserAction;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.specific.SpecificDatumWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecordedEventsTest {
  @TempDir Path folder;
  private final List<DeadLetter> deadLetters = new ArrayList<>();

  @Test
  void readsCsvUnderUsualNames() throws IOException {
    Path file =
        write(
            "a.csv",
            "user_id,item_id,rating,timestamp,session_id\n7,0012,4.5,1362062307,s1\n8,,,5,\n");

    assertThat(read(file))
        .containsExactly(
            new UserAction(
                "0-000000002", "8", null, "view", seconds(5), null, null, null, Map.of()),
            new UserAction(
                "0-000000001",
                "7",
                "0012",
                "view",
                seconds(1362062307),
                "s1",
                4.5,
                null,
                Map.of()));
    assertThat(deadLetters).isEmpty();
  }

  @Test
  void readsQuotedFieldsThatSpanLinesAndKeepsTheLineNumbersBehindThem() throws IOException {
    Path file =
        write(
            "a.csv",
            "\ufeffuser,item,time,title\r\n"
                + "u,\"a,\"\"b\"\"\",1,\"two\r\nlines\"\r\n"
                + "\r\n"
                + "ü,ж,2,x\r\n"
                + "u,c,never,x");

    assertThat(read(file))
        .extracting(UserAction::getUser, UserAction::getItem)
        .containsExactly(tuple("u", "a,\"b\""), tuple("ü", "ж"));
    assertThat(onlyDeadLetter(UnreadableReason.WRONG_TYPE).getOffset()).isEqualTo(6);
  }

  @Test
  void aBrokenQuoteCostsItsOwnLineOnly() throws IOException {
    Path file =
        write("a.csv", "user,item,time\nu1,a,1\nu2,\"b,2\nu3,c,3\nu4,\"d\"x,4\nu5,e,5\nu6,\"f,6\n");

    assertThat(read(file)).extracting(UserAction::getUser).containsExactly("u1", "u3", "u5");
    assertThat(deadLetters)
        .extracting(DeadLetter::getReason, DeadLetter::getOffset, RecordedEventsTest::value)
        .containsExactly(
            tuple("MALFORMED_LINE", 3L, "u2,\"b,2"),
            tuple("MALFORMED_LINE", 5L, "u4,\"d\"x,4"),
            tuple("MALFORMED_LINE", 7L, "u6,\"f,6"));
    assertThat(deadLetters.get(1).getError()).contains("a.csv:5: ", "quot", "Mend the line");
  }

  @Test
  void anOpenQuoteInALongFileCostsItsOwnLineOnly() throws IOException {
    StringBuilder text = new StringBuilder("user,item,time\nu,\"a,1\n");
    for (int i = 0; i < 20_000; i++) {
      text.append("u,i,").append(i + 1).append('\n');
    }

    text.append("u,i\n");

    assertThat(read(write("a.csv", text.toString()))).hasSize(20_000);
    assertThat(deadLetters)
        .extracting(DeadLetter::getOffset, RecordedEventsTest::value)
        .containsExactly(tuple(2L, "u,\"a,1"), tuple(20_003L, "u,i"));
  }

  @Test
  void aQuoteThatSwallowsLinesIntoARecordOfWrongSizeCostsItsOwnLineOnly() throws IOException {
    Path file = write("a.csv", "user,item,time\nu1,\"a,1\nu2,b,2\nu3\",c,3\n");

    assertThat(read(file)).extracting(UserAction::getUser).containsExactly("u2", "u3\"");
    assertThat(value(onlyDeadLetter(UnreadableReason.MALFORMED_LINE))).isEqualTo("u1,\"a,1");
  }

  @Test
  void aQuoteThatOnlyClosesAfterAThousandLinesWasNotMeantTo() throws IOException {
    StringBuilder text = new StringBuilder("user,item,time\nu,\"a\n");
    for (int i = 0; i < 1_500; i++) {
      text.append("u,i,").append(i + 1).append('\n');
    }
    text.append("\",1\n");

    assertThat(read(write("a.csv", text.toString()))).hasSize(1_500);
    assertThat(deadLetters).extracting(DeadLetter::getOffset).containsExactly(2L, 1503L);
  }

  @Test
  void aCarriageReturnAloneEndsARecordToo() throws IOException {
    Path file = write("a.csv", "user,item,time\nu,a,1\ru,b,2\nu,c,3\ru,d\n");

    assertThat(read(file))
        .extracting(UserAction::getEventId, UserAction::getItem)
        .containsExactly(
            tuple("0-000000001", "a"), tuple("0-000000002", "b"), tuple("0-000000003", "c"));
    assertThat(onlyDeadLetter(UnreadableReason.MALFORMED_LINE).getOffset()).isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "u,i,1,2,3; MALFORMED_LINE; has 5 columns where the header has 4",
        "u,i; MALFORMED_LINE; has 2 columns",
        "u,i,,1; MISSING_FIELD; has no time (column 'time')",
        "u,i,soon,1; WRONG_TYPE; 'soon', not a number of seconds",
        "u,i,1e99,1; WRONG_TYPE; the time",
        "u,i,NaN,1; WRONG_TYPE; the time",
        "u,i,99999999999999999999,1; WRONG_TYPE; the time",
        "u,i,1,five; WRONG_TYPE; the value (column 'value') is 'five', not a number",
        "u,i,1,NaN; WRONG_TYPE; the value",
        "u,i,1,1e999; WRONG_TYPE; the value",
        "u,i,1,0x1p3; WRONG_TYPE; the value",
        "u,i,1,1d; WRONG_TYPE; the value",
      })
  void aCsvLineThatCannotBeMappedIsADeadLetter(String line, UnreadableReason reason, String error)
      throws IOException {
    Path file = write("a.csv", "user,item,time,value\n" + line + "\nu,i,1,1\n");

    assertThat(read(file, unit(EventTimeUnit.SECONDS))).hasSize(1);
    DeadLetter deadLetter = onlyDeadLetter(reason);
    assertThat(deadLetter.getError()).startsWith(file + ":2: ").contains(error);
    assertThat(deadLetter.getTopic()).isEqualTo("a.csv");
    assertThat(deadLetter.getPartition()).isEqualTo(-1);
    assertThat(deadLetter.getOffset()).isEqualTo(2);
    assertThat(deadLetter.getKey()).isNull();
    assertThat(value(deadLetter)).isEqualTo(line);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "nonsense; MALFORMED_LINE; is not JSON",
        "[1, 2]; MALFORMED_LINE; is not a JSON object",
        "{\"user\": 1, \"item\": 2, \"time\": 3} x; MALFORMED_LINE; is not JSON",
        "{\"user\": 1, \"item\": 2, \"time\": 3}{}; MALFORMED_LINE; more than one",
        "{\"user\": 1, \"item\": 2, \"time\"; MALFORMED_LINE; is not JSON",
        "{\"user\": 1, \"item\": [2; MALFORMED_LINE; is not JSON",
        "{\"user\": 1, \"item\": {\"a\":; MALFORMED_LINE; is not JSON",
        "{\"user\": 1, \"item\": 2, \"time\": NaN}; MALFORMED_LINE; is not JSON",
        "{\"item\": 2, \"time\": 3}; MISSING_FIELD; has no user (column 'user')",
        "{\"user\": null, \"item\": 2, \"time\": 3}; MISSING_FIELD; has no user",
        "{\"user\": 1, \"item\": 2}; MISSING_FIELD; has no time",
        "{\"user\": 1, \"item\": 2, \"time\": null}; MISSING_FIELD; has no time",
        "{\"user\": 1, \"item\": 2, \"time\": true}; WRONG_TYPE; the time",
        "{\"user\": {\"id\": 1}, \"item\": 2, \"time\": 3}; WRONG_TYPE; the user (column 'user') is an object",
        "{\"user\": 1, \"item\": [2], \"time\": 3}; WRONG_TYPE; is an array",
        "{\"user\": 1, \"item\": 2, \"time\": [[3]]}; WRONG_TYPE; is an array of arrays",
        "{\"user\": 1, \"item\": 2, \"time\": 3, \"value\": \"x\"}; WRONG_TYPE; the value",
      })
  void aJsonLineThatCannotBeMappedIsADeadLetter(String line, UnreadableReason reason, String error)
      throws IOException {
    String good = "{\"user\": \"u\", \"item\": \"i\", \"time\": 1, \"value\": 1}";
    Path file = write("a.jsonl", good + "\n" + line + "\n" + good + "\n");

    assertThat(read(file, unit(EventTimeUnit.MILLIS))).hasSize(2);
    DeadLetter deadLetter = onlyDeadLetter(reason);
    assertThat(deadLetter.getError()).startsWith(file + ":2: ").contains(error);
    assertThat(deadLetter.getOffset()).isEqualTo(2);
    assertThat(value(deadLetter)).isEqualTo(line);
  }

  @Test
  void bytesThatAreNotUtf8AreKeptInTheDeadLetter() throws IOException {
    byte[] csv = "user,item,time\nX,i,1\n".getBytes(StandardCharsets.UTF_8);
    byte[] json = "{\"user\":\"X\",\"item\":1,\"time\":1}\n".getBytes(StandardCharsets.UTF_8);
    csv[15] = (byte) 0xff;
    json[9] = (byte) 0xff;
    Path first = Files.write(folder.resolve("a.csv"), csv);
    Path second = folder.resolve("b.jsonl");
    Files.write(second, "{\"user\":1,\"item\":1,\"time\":1}\n".getBytes(StandardCharsets.UTF_8));
    Files.write(second, json, java.nio.file.StandardOpenOption.APPEND);

    assertThat(read(List.of(first, second), unit(EventTimeUnit.MILLIS))).hasSize(1);
    assertThat(deadLetters)
        .extracting(DeadLetter::getReason)
        .containsExactly("MALFORMED_LINE", "MALFORMED_LINE");
    assertThat(deadLetters.get(0).getValue().array())
        .isEqualTo(Arrays.copyOfRange(csv, 15, csv.length - 1));
    assertThat(deadLetters.get(1).getValue().array())
        .isEqualTo(Arrays.copyOf(json, json.length - 1));
  }

  @Test
  void whatTheJobItselfRefusesIsPassedOn() throws IOException {
    String megabyte = "x".repeat(1 << 20);
    Path file =
        write(
            "a.csv",
            "id,user,item,time\n"
                + ",u,i,1\n"
                + "1,,i,2\n"
                + ("2," + megabyte + ",i,0\n")
                + "3,u,i,253402300799999\n"
                + "4,u,i,-9223372036854775808\n"
                + "5,u,i,9223372036854775807\n");

    List<UserAction> actions = read(file, unit(EventTimeUnit.MILLIS));

    assertThat(actions)
        .extracting(UserAction::getEventId)
        .containsExactly("4", "2", "", "1", "3", "5");
    assertThat(actions.get(1).getUser()).isEqualTo(megabyte);
    assertThat(actions.get(3).getUser()).isEmpty();
    assertThat(actions.get(4).getEventTime()).isEqualTo("9999-12-31T23:59:59.999Z");
    assertThat(actions.get(5).getEventTime()).isEqualTo(Instant.ofEpochMilli(Long.MAX_VALUE));
    assertThat(deadLetters).isEmpty();
  }

  @Test
  void jsonIdsAreTakenAsTheyAreWritten() throws IOException {
    Path file =
        write(
            "a.jsonl",
            "{\"session\": 0, \"aid\": 1517085, \"ts\": 1659304800025, \"type\": \"clicks\"}\n\n"
                + "{\"session\": \"00\", \"aid\": 1.50, \"ts\": \"1659304800026\", \"type\": null}\n");

    assertThat(read(file))
        .containsExactly(
            new UserAction(
                "0-000000001",
                "0",
                "1517085",
                "clicks",
                Instant.ofEpochMilli(1659304800025L),
                null,
                null,
                null,
                Map.of()),
            new UserAction(
                "0-000000002",
                "00",
                "1.50",
                "view",
                Instant.ofEpochMilli(1659304800026L),
                null,
                null,
                null,
                Map.of()));
  }

  @Test
  void ordersByTimeThenByFileAndRecordAndNumbersBoth() throws IOException {
    List<Path> files = new ArrayList<>();
    for (int i = 0; i < 11; i++) {
      files.add(write(i + ".csv", "user,item,time\nu,a,2\nu,b,1\nu,c,2\n"));
    }

    List<UserAction> actions = read(files, unit(EventTimeUnit.MILLIS));

    assertThat(actions)
        .extracting(UserAction::getEventId)
        .startsWith("00-000000002", "01-000000002")
        .endsWith("10-000000001", "10-000000003")
        .doesNotHaveDuplicates();
    assertThat(actions)
        .isSortedAccordingTo(
            java.util.Comparator.comparing(UserAction::getEventTime)
                .thenComparing(UserAction::getEventId));
  }

  @Test
  void readsWhatTheMappingSays() throws IOException {
    Path file = write("a.csv", "id,who,what,when,kind,user\nx,u,i,1,buy,other\n");

    assertThat(
            read(
                file,
                mapping("user=who,item=what,time=when,action=kind,id="),
                EventTimeUnit.MILLIS))
        .containsExactly(
            new UserAction(
                "0-000000001",
                "u",
                "i",
                "buy",
                Instant.ofEpochMilli(1),
                null,
                null,
                null,
                Map.of()));
  }

  @Test
  void missingColumnsAreAnErrorThatSaysWhatToWrite() throws IOException {
    Path file = write("a.csv", "who,item_id,when\nu,i,1\n");

    assertThatThrownBy(() -> read(file))
        .isInstanceOf(ReplayInputException.class)
        .hasMessage(
            file
                + ": no column for user, time. Columns found: who, item_id, when. Write --map"
                + " user=COLUMN,item=item_id,time=COLUMN with one of them for each COLUMN.");
    assertThatThrownBy(() -> read(file, mapping("user=who,time=wenn"), EventTimeUnit.MILLIS))
        .isInstanceOf(ReplayInputException.class)
        .hasMessageContaining("no column for time (time=wenn is not there)")
        .hasMessageContaining("--map user=who,item=item_id,time=COLUMN ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"users=a", "user", "user=a,user=b", ""})
  void aMappingThatIsNoneIsAnError(String text) {
    assertThatThrownBy(() -> ColumnMapping.parse(text)).isInstanceOf(ReplayInputException.class);
  }

  @Test
  void filesThatCannotBeUsedAreErrorsThatSayWhatToDo() throws IOException {
    assertInputError(folder.resolve("gone.csv"), "there is no such file");
    assertInputError(folder.resolve("."), "name does not tell the format. Add --format csv");
    assertInputError(write("empty.csv", ""), "is empty. A header line");
    assertInputError(write("twice.csv", "user,item,time,item\n"), "two columns are called 'item'");
    assertInputError(write("garbage.jsonl", "a\nb\n"), "garbage.jsonl:2: no JSON object");
    assertInputError(write("not.avro", "Obj"), "is not an Avro object container file");
    assertInputError(
        write("unit.csv", "user,item,time\nu,i,soon\n"), "Add --time-unit s, ms or iso");
  }

  private void assertInputError(Path file, String message) {
    assertThatThrownBy(() -> read(file))
        .isInstanceOf(ReplayInputException.class)
        .hasMessageContaining(message);
  }

  @Test
  void aFileWithoutRecordsHoldsNoActions() throws IOException {
    assertThat(
            read(
                List.of(write("a.jsonl", "\n\n"), write("b.csv", "user,item,time\n")),
                ReadOptions.defaults()))
        .isEmpty();
  }

  @Test
  void readsGzipOfEveryFormat() throws IOException {
    Path avro = folder.resolve("plain.avro");
    writeActions(avro, CodecFactory.deflateCodec(1), 3, 1 << 14);
    List<Path> files =
        List.of(
            gzip("a.csv.gz", Files.readAllBytes(write("x", "user,item,time\nu,i,1\n"))),
            gzip(
                "b.jsonl.gz", Files.readAllBytes(write("y", "{\"user\":1,\"item\":1,\"time\":2}"))),
            gzip("c.avro.gz", Files.readAllBytes(avro)));

    assertThat(read(files, unit(EventTimeUnit.MILLIS))).hasSize(5);
  }

  @Test
  void aGzipFileThatWasCutOffIsAnError() throws IOException {
    StringBuilder text = new StringBuilder("user,item,time\n");
    for (int i = 0; i < 20_000; i++) {
      text.append(i * 7919 % 10_007).append(",i,").append(i).append('\n');
    }
    Path file = gzip("a.csv.gz", text.toString().getBytes(StandardCharsets.UTF_8));
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length - 100));

    assertThatThrownBy(() -> read(file, unit(EventTimeUnit.MILLIS)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("a.csv.gz: cannot be read to its end");
  }

  @Test
  void tellsWhatItTookAFileFor() throws IOException {
    Path file = write("a.csv", "visitorid,itemid,timestamp,event\nu,i,1659304800025,view\n");

    assertThat(RecordedEvents.read(List.of(file), ReadOptions.defaults(), deadLetters::add).notes())
        .containsExactly(
            file
                + ": csv, user=visitorid, item=itemid, time=timestamp, action=event, time in ms"
                + " (guessed; --time-unit says otherwise)");
  }

  @Test
  void countsRejectedRecordsAndTellsTheFirstAcceptedTime() throws IOException {
    Path file = write("a.csv", "user,item,time\n,i,5\nu,i,x\nu,i,7\nu\n");

    RecordedEvents events =
        RecordedEvents.read(List.of(file), unit(EventTimeUnit.MILLIS), deadLetters::add);

    assertThat(events.rejected())
        .isEqualTo(Map.of(UnreadableReason.WRONG_TYPE, 1L, UnreadableReason.MALFORMED_LINE, 1L));
    assertThat(events.firstEventTime(action -> true)).contains(Instant.ofEpochMilli(5));
    assertThat(events.firstEventTime(action -> !action.getUser().isEmpty()))
        .contains(Instant.ofEpochMilli(7));
    assertThat(events.firstEventTime(action -> false)).isEmpty();
  }

  @Test
  void takesAvroUserActionsOverWithAllFields() throws IOException {
    UserAction action =
        new UserAction(
            "e", "u", "i", "buy", Instant.ofEpochMilli(9), "s", 2.5, "r", Map.of("page", "7"));
    Path file = folder.resolve("a.avro");
    try (DataFileWriter<UserAction> writer =
        new DataFileWriter<>(new SpecificDatumWriter<>(UserAction.class))) {
      writer.create(UserAction.getClassSchema(), file.toFile());
      writer.append(action);
    }

    assertThat(read(file)).containsExactly(action);
  }

  @Test
  void mapsOtherAvroRecords() throws IOException {
    Schema micros =
        org.apache.avro.LogicalTypes.timestampMicros().addToSchema(Schema.create(Schema.Type.LONG));
    Schema schema =
        SchemaBuilder.record("Click")
            .fields()
            .name("who")
            .type()
            .unionOf()
            .nullType()
            .and()
            .longType()
            .endUnion()
            .noDefault()
            .requiredString("item")
            .name("time")
            .type(micros)
            .noDefault()
            .requiredBytes("value")
            .endRecord();
    Path file = folder.resolve("a.avro");
    try (DataFileWriter<GenericRecord> writer =
        new DataFileWriter<>(new GenericDatumWriter<>(schema))) {
      writer.create(schema, file.toFile());
      for (Long who : new Long[] {12L, null}) {
        writer.append(
            new GenericRecordBuilder(schema)
                .set("who", who)
                .set("item", "i")
                .set("time", 1_659_304_800_025_999L)
                .set("value", ByteBuffer.allocate(1))
                .build());
      }
    }

    assertThat(
            read(
                List.of(file),
                new ReadOptions(
                    Optional.empty(),
                    ColumnMapping.parse("user=who,value="),
                    Optional.empty(),
                    "v")))
        .containsExactly(
            new UserAction(
                "0-000000001",
                "12",
                "i",
                "v",
                Instant.ofEpochMilli(1659304800025L),
                null,
                null,
                null,
                Map.of()));
    assertThat(onlyDeadLetter(UnreadableReason.MISSING_FIELD).getError())
        .contains("a.avro, block at byte ", "record 2 of 2: has no user (column 'who')");
    deadLetters.clear();

    assertThat(read(file, mapping("user=who"), EventTimeUnit.MICROS)).isEmpty();
    assertThat(deadLetters)
        .extracting(DeadLetter::getReason)
        .containsExactly("WRONG_TYPE", "MISSING_FIELD");
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "deflate"})
  void aDamagedAvroBlockCostsThatBlockOnly(String codec) throws IOException {
    Path file = folder.resolve("a.avro");
    List<Integer> blocks = writeActions(file, CodecFactory.fromString(codec), 100, 10);
    byte[] bytes = Files.readAllBytes(file);
    // The size of the fourth block, behind its one byte of count.
    bytes[blocks.get(3) + 1] = (byte) 0xfe;
    bytes[blocks.get(3) + 2] = (byte) 0x7f;
    // Within the data of the seventh.
    Arrays.fill(bytes, blocks.get(6) + 4, blocks.get(6) + 20, (byte) 0xff);
    Files.write(file, bytes);

    assertThat(read(file))
        .extracting(UserAction::getEventId)
        .hasSize(80)
        .contains("29", "40", "59", "70", "99")
        .doesNotContain("30", "39", "60", "69");
    assertThat(deadLetters)
        .extracting(DeadLetter::getReason, DeadLetter::getOffset)
        .containsExactly(
            tuple("CORRUPT_BLOCK", (long) blocks.get(3)),
            tuple("CORRUPT_BLOCK", (long) blocks.get(6)));
    assertThat(deadLetters.get(0).getValue().array())
        .isEqualTo(Arrays.copyOfRange(bytes, blocks.get(3), blocks.get(4)));
    assertThat(deadLetters.get(1).getValue().array())
        .isEqualTo(Arrays.copyOfRange(bytes, blocks.get(6), blocks.get(7)));
    assertThat(deadLetters.get(0).getError())
        .contains("a.avro, block at byte " + blocks.get(3) + ": ");
  }

  @Test
  void anAvroFileThatWasCutOffIsNotTakenForWhole() throws IOException {
    Path file = folder.resolve("a.avro");
    List<Integer> blocks = writeActions(file, CodecFactory.nullCodec(), 30, 10);
    byte[] bytes = Files.readAllBytes(file);
    for (int cut = blocks.get(2) + 1; cut < bytes.length; cut++) {
      deadLetters.clear();
      Files.write(file, Arrays.copyOf(bytes, cut));

      assertThat(read(file)).hasSize(20);
      assertThat(onlyDeadLetter(UnreadableReason.CORRUPT_BLOCK).getValue().array())
          .isEqualTo(Arrays.copyOfRange(bytes, blocks.get(2), cut));
    }
  }

  @Test
  void noDamagedByteOfAnAvroBlockEndsTheReading() throws IOException {
    Path file = folder.resolve("a.avro");
    List<Integer> blocks = writeActions(file, CodecFactory.nullCodec(), 30, 10);
    byte[] good = Files.readAllBytes(file);
    for (int position = blocks.get(1); position < blocks.get(2); position++) {
      deadLetters.clear();
      byte[] bytes = good.clone();
      bytes[position] ^= (byte) 0xff;
      Files.write(file, bytes);

      // The first block is good; the third only goes with the second when the marker is damaged.
      assertThat(read(file)).extracting(UserAction::getEventId).contains("0", "9");
      if (position < blocks.get(2) - 16) {
        assertThat(read(file)).extracting(UserAction::getEventId).contains("20", "29");
      } else {
        assertThat(deadLetters).isNotEmpty();
      }
    }
  }

  @Test
  void aBlockOfWrongSizeOrCountCostsThatBlockOnly() throws IOException {
    Path file = folder.resolve("a.avro");
    List<Integer> blocks = writeActions(file, CodecFactory.nullCodec(), 40, 10);
    byte[] good = Files.readAllBytes(file);
    // Behind the one byte of count; the size takes two. It now reaches into the block after it.
    byte[] bytes = good.clone();
    bytes[blocks.get(1) + 2]++;
    Files.write(file, bytes);

    assertThat(read(file))
        .extracting(UserAction::getEventId)
        .hasSize(30)
        .contains("9", "20")
        .doesNotContain("10");
    assertThat(onlyDeadLetter(UnreadableReason.CORRUPT_BLOCK).getValue().array())
        .isEqualTo(Arrays.copyOfRange(bytes, blocks.get(1), blocks.get(2)));

    for (int difference : new int[] {-2, 2}) {
      deadLetters.clear();
      bytes = good.clone();
      bytes[blocks.get(1)] += (byte) difference;
      Files.write(file, bytes);

      assertThat(read(file)).extracting(UserAction::getEventId).contains("9", "10", "18", "20");
      onlyDeadLetter(UnreadableReason.CORRUPT_BLOCK);
    }
  }

  @Test
  void findsTheNextBlockBehindALongDamagedOne() throws IOException {
    Path file = folder.resolve("a.avro");
    String user = "x".repeat(300_000);
    long damaged;
    try (DataFileWriter<UserAction> writer =
        new DataFileWriter<>(new SpecificDatumWriter<>(UserAction.class))) {
      writer.create(UserAction.getClassSchema(), file.toFile());
      damaged = writer.sync();
      for (int i = 0; i < 3; i++) {
        writer.append(
            new UserAction("" + i, user, null, "view", Instant.EPOCH, null, null, null, Map.of()));
        writer.sync();
      }
    }
    byte[] bytes = Files.readAllBytes(file);
    Arrays.fill(bytes, (int) damaged, (int) damaged + 11, (byte) 0xff);
    Files.write(file, bytes);

    assertThat(read(file)).extracting(UserAction::getEventId).containsExactly("1", "2");
    assertThat(onlyDeadLetter(UnreadableReason.CORRUPT_BLOCK).getOffset()).isEqualTo(damaged);
  }

  /** Actions with ids from 0; gives the blocks' positions and the file's end. */
  private static List<Integer> writeActions(
      Path file, CodecFactory codec, int count, int blockRecords) throws IOException {
    List<Integer> blocks = new ArrayList<>();
    try (DataFileWriter<UserAction> writer =
        new DataFileWriter<>(new SpecificDatumWriter<>(UserAction.class))) {
      writer.setCodec(codec);
      writer.create(UserAction.getClassSchema(), file.toFile());
      for (int i = 0; i < count; i++) {
        if (i % blockRecords == 0) {
          blocks.add((int) writer.sync());
        }
        writer.append(
            new UserAction(
                Integer.toString(i),
                "user-" + i,
                "item",
                "view",
                Instant.ofEpochMilli(i),
                null,
                null,
                null,
                Map.of()));
      }
      blocks.add((int) writer.sync());
    }
    return blocks;
  }

  private List<UserAction> read(Path file) throws IOException {
    return read(file, ReadOptions.defaults());
  }

  private List<UserAction> read(Path file, ColumnMapping mapping, EventTimeUnit unit)
      throws IOException {
    return read(file, new ReadOptions(Optional.empty(), mapping, Optional.of(unit), "view"));
  }

  private List<UserAction> read(Path file, ReadOptions options) throws IOException {
    return read(List.of(file), options);
  }

  private List<UserAction> read(List<Path> files, ReadOptions options) throws IOException {
    List<UserAction> actions = new ArrayList<>();
    RecordedEvents.read(files, options, deadLetters::add).forEach(actions::add);
    return actions;
  }

  private static ReadOptions unit(EventTimeUnit unit) {
    return new ReadOptions(Optional.empty(), ColumnMapping.usual(), Optional.of(unit), "view");
  }

  private static ColumnMapping mapping(String text) {
    return ColumnMapping.parse(text);
  }

  private DeadLetter onlyDeadLetter(UnreadableReason reason) {
    assertThat(deadLetters).extracting(DeadLetter::getReason).containsExactly(reason.name());
    return deadLetters.get(0);
  }

  private Path write(String name, String text) throws IOException {
    return Files.write(folder.resolve(name), text.getBytes(StandardCharsets.UTF_8));
  }

  private Path gzip(String name, byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(content);
    }
    return Files.write(folder.resolve(name), bytes.toByteArray());
  }

  private static String value(DeadLetter deadLetter) {
    return new String(deadLetter.getValue().array(), StandardCharsets.UTF_8);
  }

  private static Instant seconds(long seconds) {
    return Instant.ofEpochSecond(seconds);
  }

  private static org.assertj.core.groups.Tuple tuple(Object... values) {
    return org.assertj.core.api.Assertions.tuple(values);
  }
}
