package countersign.wire.postgres;

import java.util.HashMap;
import java.util.Map;

/** Names of the built-in types by OID (pg_type.dat); the numbers never change. */
final class TypeNames {
  private static final Map<Integer, String> NAMES = new HashMap<>();

  static {
    String table =
        """
        16 bool 17 bytea 18 char 19 name 20 int8 21 int2 23 int4 24 regproc 25 text 26 oid 27 tid \
        28 xid 29 cid 114 json 142 xml 143 xml[] 199 json[] 600 point 601 lseg 602 path 603 box \
        604 polygon 628 line 650 cidr 651 cidr[] 700 float4 701 float8 705 unknown 718 circle \
        774 macaddr8 790 money 829 macaddr 869 inet 1000 bool[] 1001 bytea[] 1002 char[] \
        1003 name[] 1005 int2[] 1007 int4[] 1009 text[] 1014 bpchar[] 1015 varchar[] 1016 int8[] \
        1021 float4[] 1022 float8[] 1028 oid[] 1033 aclitem 1034 aclitem[] 1041 inet[] \
        1042 bpchar 1043 varchar 1082 date 1083 time 1114 timestamp 1115 timestamp[] 1182 date[] \
        1183 time[] 1184 timestamptz 1185 timestamptz[] 1186 interval 1187 interval[] \
        1231 numeric[] 1266 timetz 1560 bit 1562 varbit 1700 numeric 2202 regprocedure \
        2205 regclass 2206 regtype 2249 record 2278 void 2950 uuid 2951 uuid[] 3220 pg_lsn \
        3614 tsvector 3615 tsquery 3734 regconfig 3802 jsonb 3807 jsonb[] 3904 int4range \
        3906 numrange 3908 tsrange 3910 tstzrange 3912 daterange 3926 int8range 4072 jsonpath \
        4089 regnamespace 4096 regrole 5069 xid8\
        """;
    String[] words = table.split(" +");
    for (int i = 0; i < words.length; i += 2) {
      NAMES.put(Integer.valueOf(words[i]), words[i + 1]);
    }
  }

  private TypeNames() {}

  /** The name, or {@code oid:<number>}. */
  static String of(int oid) {
    String name = NAMES.get(oid);
    return name == null ? "oid:" + Integer.toUnsignedString(oid) : name;
  }
}
