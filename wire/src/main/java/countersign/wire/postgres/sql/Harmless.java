package countersign.wire.postgres.sql;

import java.util.Set;

/**
 * The published lists: what the small reading knows to be harmless. Everything else is unknown. A
 * test holds functions and types against the catalogue of a real server.
 */
final class Harmless {
  private Harmless() {}

  /**
   * Functions of {@code pg_catalog} that only compute: immutable or stable in every form, and not
   * running SQL, code or casts that their arguments choose.
   */
  static final Set<String> FUNCTIONS =
      words(
          """
          abs acos acosd age array_agg array_append array_cat array_dims array_fill array_length \
          array_lower array_ndims array_position array_positions array_prepend array_remove \
          array_replace array_to_json array_to_string array_upper ascii asin asind atan atan2 atan2d \
          atand avg bit_and bit_count bit_length bit_or bit_xor bool_and bool_or btrim \
          cardinality cbrt ceil ceiling char_length character_length chr col_description concat \
          concat_ws convert_from convert_to corr cos cosd cot cotd count covar_pop covar_samp \
          cume_dist current_database current_schema current_schemas current_setting date_bin \
          date_part date_trunc decode degrees dense_rank div encode enum_first enum_last \
          enum_range every exp factorial family first_value floor format format_type gcd \
          generate_series generate_subscripts get_bit get_byte getdatabaseencoding has_any_column_privilege \
          has_column_privilege has_database_privilege has_foreign_data_wrapper_privilege \
          has_function_privilege has_language_privilege has_schema_privilege \
          has_sequence_privilege has_server_privilege has_table_privilege \
          has_tablespace_privilege has_type_privilege host hostmask inet_client_addr \
          inet_client_port inet_server_addr inet_server_port initcap isempty isfinite json_agg \
          json_array_elements json_array_elements_text json_array_length json_build_array \
          json_build_object json_each json_each_text json_extract_path json_extract_path_text \
          json_object json_object_agg json_object_keys json_strip_nulls json_typeof jsonb_agg \
          jsonb_array_elements jsonb_array_elements_text jsonb_array_length jsonb_build_array \
          jsonb_build_object jsonb_each jsonb_each_text jsonb_extract_path \
          jsonb_extract_path_text jsonb_insert jsonb_object jsonb_object_agg jsonb_object_keys \
          jsonb_path_exists jsonb_path_match jsonb_path_query jsonb_path_query_array \
          jsonb_path_query_first jsonb_pretty jsonb_set jsonb_strip_nulls jsonb_typeof \
          justify_days justify_hours justify_interval lag last_value lcm lead left length like ln \
          log log10 lower lower_inc lower_inf lpad ltrim make_date make_interval make_time \
          make_timestamp make_timestamptz masklen max md5 min mod mode netmask network notlike \
          now nth_value ntile num_nonnulls num_nulls obj_description octet_length parse_ident \
          percent_rank percentile_cont percentile_disc pg_backend_pid pg_char_to_encoding \
          pg_client_encoding pg_collation_is_visible pg_column_size pg_conversion_is_visible \
          pg_describe_object pg_encoding_to_char pg_function_is_visible pg_get_constraintdef \
          pg_get_expr pg_get_function_arguments pg_get_function_identity_arguments \
          pg_get_function_result pg_get_functiondef pg_get_indexdef pg_get_keywords \
          pg_get_partkeydef pg_get_partition_constraintdef pg_get_ruledef \
          pg_get_serial_sequence pg_get_statisticsobjdef pg_get_statisticsobjdef_columns \
          pg_get_triggerdef pg_get_userbyid pg_get_viewdef pg_has_role \
          pg_identify_object pg_is_other_temp_schema pg_my_temp_schema \
          pg_opclass_is_visible pg_operator_is_visible pg_opfamily_is_visible pg_partition_root pg_postmaster_start_time \
          pg_relation_is_publishable pg_size_bytes pg_size_pretty \
          pg_statistics_obj_is_visible pg_table_is_visible pg_timezone_abbrevs \
          pg_timezone_names pg_ts_config_is_visible pg_ts_dict_is_visible \
          pg_ts_parser_is_visible pg_ts_template_is_visible pg_type_is_visible pg_typeof \
          phraseto_tsquery pi plainto_tsquery position power pow quote_ident quote_literal \
          quote_nullable radians range_agg range_merge rank regexp_count regexp_instr regexp_like \
          regexp_match regexp_matches regexp_replace regexp_split_to_array \
          regexp_split_to_table regexp_substr regr_avgx regr_avgy regr_count regr_intercept \
          regr_r2 regr_slope regr_sxx regr_sxy regr_syy repeat replace reverse right round \
          row_number row_to_json rpad rtrim scale sha224 sha256 sha384 sha512 shobj_description \
          sign sin sind sinh split_part sqrt starts_with statement_timestamp stddev stddev_pop \
          stddev_samp string_agg string_to_array string_to_table strip strpos substr sum tan tand \
          tanh to_ascii to_char to_date to_hex to_json to_jsonb to_number to_regclass \
          to_regnamespace to_regproc to_regprocedure to_regrole to_regtype to_timestamp \
          to_tsquery to_tsvector transaction_timestamp translate trim_array trim_scale trunc \
          ts_headline ts_rank ts_rank_cd txid_current_if_assigned unnest upper upper_inc \
          upper_inf var_pop var_samp variance version websearch_to_tsquery width_bucket\
          """);

  /**
   * Functions that are volatile to the server because their answer changes, and change nothing
   * themselves.
   */
  static final Set<String> VOLATILE_FUNCTIONS =
      words(
          """
          clock_timestamp gen_random_uuid pg_database_size pg_indexes_size pg_is_in_recovery pg_partition_ancestors pg_partition_tree \
          pg_relation_size pg_table_size pg_tablespace_size pg_total_relation_size random \
          timeofday\
          """);

  /** Keywords with a call's shape whose meaning the grammar fixes: no search path is asked. */
  static final Set<String> CALL_KEYWORDS =
      words(
          """
          between coalesce exists extract greatest grouping least nullif overlay position row \
          substring trim values\
          """);

  /** Call keywords inside which FROM and FOR separate arguments. */
  static final Set<String> FROM_INSIDE = words("extract overlay position substring trim");

  /** Reserved words: never the name of a function or type (pg_get_keywords, category R). */
  static final Set<String> RESERVED =
      words(
          """
          all analyse analyze and any array as asc asymmetric both case cast check collate column \
          constraint create current_catalog current_date current_role current_time \
          current_timestamp current_user default deferrable desc distinct do else end except false \
          fetch for foreign from grant group having in initially intersect into lateral leading \
          limit localtime localtimestamp not null offset on only or order placing primary \
          references returning select session_user some symmetric table then to trailing true \
          union unique user using variadic when where window with\
          """);

  /** Reserved words that end an operand. */
  static final Set<String> RESERVED_OPERANDS =
      words(
          """
          current_catalog current_date current_role current_time current_timestamp current_user \
          end false localtime localtimestamp null session_user true user\
          """);

  /** Words that are not reserved and after which an expression may begin. */
  static final Set<String> BEFORE_EXPRESSION =
      words(
          """
          between by collate escape filter first groups ilike is isnull join like next notnull of \
          operator over overlaps range recursive return rows set sets similar uescape value values \
          verbose without zone\
          """);

  /** Types that the grammar itself names: no search path is asked. */
  static final Set<String> KEYWORD_TYPES =
      words(
          """
          bigint bit boolean char character dec decimal double float int integer interval national \
          nchar numeric real smallint time timestamp varchar\
          """);

  /** Types of {@code pg_catalog}. */
  static final Set<String> TYPES =
      words(
          """
          bool box bpchar bytea cidr circle date datemultirange daterange float4 float8 inet int2 \
          int4 int4multirange int4range int8 int8multirange int8range json jsonb jsonpath line lseg \
          macaddr macaddr8 money name nummultirange numrange oid path pg_lsn point polygon \
          regclass regcollation regconfig regdictionary regnamespace regoper regoperator regproc \
          regprocedure regrole regtype text tid timestamptz timetz tsmultirange tsquery tsrange \
          tstzmultirange tstzrange tsvector uuid varbit xid xid8 xml\
          """);

  /** Operators of {@code pg_catalog}; {@code =>} only names an argument. */
  static final Set<String> OPERATORS =
      words(
          """
          + - * / % ^ < > = <= >= <> != || ~ ~* !~ !~* ~~ ~~* !~~ !~~* & | # << >> @> <@ && \
          -> ->> #> #>> ? ?| ?& @@ @? |/ ||/ @ -|- &< &> <-> #- ^@ =>\
          """);

  /** Settings that change nothing but how values look, how long to wait and what one is called. */
  static final Set<String> SETTINGS =
      words(
          """
          application_name bytea_output client_encoding client_min_messages datestyle \
          extra_float_digits idle_in_transaction_session_timeout idle_session_timeout \
          intervalstyle lock_timeout standard_conforming_strings statement_timeout timezone \
          transaction_timeout\
          """);

  private static Set<String> words(String list) {
    return Set.of(list.strip().split("\\s+"));
  }
}
