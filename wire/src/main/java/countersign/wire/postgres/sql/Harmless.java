package countersign.wire.postgres.sql;

import java.util.Set;

/**
 * The published lists: what is known to be harmless. Everything else is unknown. A test holds
 * functions and types against the catalogue of a real server.
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
          abbrev abs acldefault aclexplode acos acosd acosh age area array_agg array_append \
          array_cat array_dims array_fill array_length array_lower array_ndims array_position \
          array_positions array_prepend array_remove array_replace array_to_json array_to_string \
          array_to_tsvector array_upper ascii asin asind asinh atan atan2 atan2d atand atanh avg \
          bit_and bit_count bit_length bit_or bit_xor bool_and bool_or bound_box box broadcast \
          btrim cardinality cash_words cbrt ceil ceiling center char_length character_length chr \
          circle col_description concat concat_ws convert convert_from convert_to corr cos cosd \
          cosh cot cotd count covar_pop covar_samp cume_dist current_database current_schema \
          current_schemas current_setting date_bin date_part date_trunc daterange decode degrees \
          dense_rank diagonal diameter div dround dtrunc encode enum_first enum_last enum_range \
          every exp extract factorial family first_value float8_accum floor format format_type \
          gcd generate_series generate_subscripts get_bit get_byte get_current_ts_config \
          getdatabaseencoding has_any_column_privilege has_column_privilege \
          has_database_privilege has_foreign_data_wrapper_privilege has_function_privilege \
          has_language_privilege has_parameter_privilege has_schema_privilege \
          has_sequence_privilege has_server_privilege has_table_privilege \
          has_tablespace_privilege has_type_privilege height host hostmask inet_client_addr \
          inet_client_port inet_merge inet_same_family inet_server_addr inet_server_port initcap \
          int4multirange int4range int8multirange int8range is_normalized isclosed isempty \
          isfinite ishorizontal isopen isparallel isperp isvertical json_agg json_array_elements \
          json_array_elements_text json_array_length json_build_array json_build_object \
          json_each json_each_text json_extract_path json_extract_path_text json_object \
          json_object_agg json_object_keys json_strip_nulls json_to_record json_to_recordset \
          json_to_tsvector json_typeof jsonb_agg jsonb_array_elements jsonb_array_elements_text \
          jsonb_array_length jsonb_build_array jsonb_build_object jsonb_contains jsonb_each \
          jsonb_each_text jsonb_exists jsonb_extract_path jsonb_extract_path_text jsonb_insert \
          jsonb_object jsonb_object_agg jsonb_object_keys jsonb_path_exists jsonb_path_exists_tz \
          jsonb_path_match jsonb_path_match_tz jsonb_path_query jsonb_path_query_array \
          jsonb_path_query_array_tz jsonb_path_query_first jsonb_path_query_first_tz \
          jsonb_path_query_tz jsonb_pretty jsonb_set jsonb_set_lax jsonb_strip_nulls \
          jsonb_to_record jsonb_to_recordset jsonb_to_tsvector jsonb_typeof justify_days \
          justify_hours justify_interval lag last_value lcm lead left length like like_escape \
          line ln log log10 lower lower_inc lower_inf lpad lseg ltrim macaddr8_set7bit make_date \
          make_interval make_time make_timestamp make_timestamptz makeaclitem masklen max md5 \
          min min_scale mod mode multirange mxid_age netmask network normalize notlike now \
          npoints nth_value ntile num_nonnulls num_nulls numeric_inc nummultirange numnode \
          numrange obj_description octet_length oidvectortypes overlaps overlay parse_ident path \
          pclose percent_rank percentile_cont percentile_disc pg_backend_pid pg_char_to_encoding \
          pg_client_encoding pg_collation_for pg_collation_is_visible pg_column_compression \
          pg_column_is_updatable pg_column_size pg_conf_load_time pg_conversion_is_visible \
          pg_current_snapshot pg_current_xact_id_if_assigned pg_describe_object \
          pg_encoding_max_length pg_encoding_to_char pg_function_is_visible \
          pg_get_catalog_foreign_keys pg_get_constraintdef pg_get_expr \
          pg_get_function_arg_default pg_get_function_arguments \
          pg_get_function_identity_arguments pg_get_function_result pg_get_function_sqlbody \
          pg_get_functiondef pg_get_indexdef pg_get_keywords pg_get_object_address \
          pg_get_partition_constraintdef pg_get_partkeydef pg_get_publication_tables \
          pg_get_replica_identity_index pg_get_ruledef pg_get_serial_sequence \
          pg_get_statisticsobjdef pg_get_statisticsobjdef_columns \
          pg_get_statisticsobjdef_expressions pg_get_triggerdef pg_get_userbyid pg_get_viewdef \
          pg_has_role pg_identify_object pg_identify_object_as_address \
          pg_index_column_has_property pg_index_has_property pg_indexam_has_property \
          pg_indexam_progress_phasename pg_is_other_temp_schema \
          pg_listening_channels pg_my_temp_schema pg_opclass_is_visible pg_operator_is_visible \
          pg_opfamily_is_visible pg_options_to_table pg_partition_root pg_postmaster_start_time \
          pg_relation_filenode pg_relation_filepath pg_relation_is_publishable \
          pg_relation_is_updatable pg_sequence_parameters pg_settings_get_flags pg_size_bytes \
          pg_size_pretty pg_snapshot_xip pg_snapshot_xmax pg_snapshot_xmin \
          pg_statistics_obj_is_visible pg_table_is_visible pg_tablespace_databases \
          pg_tablespace_location pg_timezone_abbrevs pg_timezone_names pg_trigger_depth \
          pg_ts_config_is_visible pg_ts_dict_is_visible pg_ts_parser_is_visible \
          pg_ts_template_is_visible pg_type_is_visible pg_typeof pg_visible_in_snapshot \
          pg_wal_lsn_diff phraseto_tsquery pi plainto_tsquery point polygon popen position pow \
          power querytree quote_ident quote_literal quote_nullable radians radius range_agg \
          range_intersect_agg range_merge rank regexp_count regexp_instr regexp_like \
          regexp_match regexp_matches regexp_replace regexp_split_to_array regexp_split_to_table \
          regexp_substr regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope \
          regr_sxx regr_sxy regr_syy repeat replace reverse right round row_number \
          row_security_active row_to_json rpad rtrim scale set_bit set_byte set_masklen \
          setweight sha224 sha256 sha384 sha512 shobj_description sign similar_escape \
          similar_to_escape sin sind sinh slope split_part sqrt starts_with statement_timestamp \
          stddev stddev_pop stddev_samp string_agg string_to_array string_to_table strip strpos \
          substr substring sum tan tand tanh text timezone to_ascii to_char to_date to_hex \
          to_json to_jsonb to_number to_regclass to_regcollation to_regnamespace to_regoper \
          to_regoperator to_regproc to_regprocedure to_regrole to_regtype to_timestamp \
          to_tsquery to_tsvector transaction_timestamp translate trim_array trim_scale trunc \
          ts_debug ts_delete ts_filter ts_headline ts_lexize ts_parse ts_rank ts_rank_cd \
          ts_token_type tsmultirange tsquery_phrase tsrange tstzmultirange tstzrange \
          tsvector_to_array txid_current_if_assigned txid_current_snapshot txid_snapshot_xip \
          txid_snapshot_xmax txid_snapshot_xmin txid_visible_in_snapshot unistr unnest upper \
          upper_inc upper_inf var_pop var_samp variance version websearch_to_tsquery width \
          width_bucket xml_is_well_formed xml_is_well_formed_content xml_is_well_formed_document \
          xmlagg xmlcomment xmlconcat2 xmlexists xpath xpath_exists\
          """);

  /**
   * Functions that are volatile to the server because their answer changes, and change nothing
   * themselves.
   */
  static final Set<String> VOLATILE_FUNCTIONS =
      words(
          """
          clock_timestamp currval gen_random_uuid lastval pg_blocking_pids \
          pg_collation_actual_version pg_current_wal_lsn pg_database_size pg_indexes_size \
          pg_is_in_recovery pg_jit_available pg_last_wal_receive_lsn pg_last_wal_replay_lsn \
          pg_last_xact_replay_timestamp pg_lock_status pg_notification_queue_usage \
          pg_partition_ancestors pg_partition_tree pg_relation_size pg_sequence_last_value \
          pg_table_size pg_tablespace_size pg_total_relation_size random timeofday\
          """);

  /** The same for functions that came after PostgreSQL 15. */
  static final Set<String> LATER_FUNCTIONS =
      words(
          """
          any_value array_reverse array_sample array_shuffle array_sort casefold crc32 crc32c \
          date_add date_subtract erf erfc gamma has_largeobject_privilege icu_unicode_version \
          json_agg_strict json_object_agg_strict json_object_agg_unique \
          json_object_agg_unique_strict jsonb_agg_strict jsonb_object_agg_strict \
          jsonb_object_agg_unique jsonb_object_agg_unique_strict lgamma pg_basetype \
          pg_database_collation_actual_version pg_get_acl random_normal to_bin to_oct \
          to_regtypemod unicode_assigned unicode_version uuid_extract_timestamp \
          uuid_extract_version uuidv4 uuidv7 xmltext\
          """);

  /** Built-in functions that begin so only report what the server counts. */
  private static final String COUNTERS = "pg_stat_get_";

  /** Whether a built-in function of this name only computes or reports, in every form. */
  static boolean function(String name) {
    return FUNCTIONS.contains(name)
        || VOLATILE_FUNCTIONS.contains(name)
        || LATER_FUNCTIONS.contains(name)
        || name.startsWith(COUNTERS);
  }

  /**
   * Extensions of PostgreSQL itself whose functions in C only compute, where they are immutable or
   * stable. Not those that reach out, run text, or write: dblink, postgres_fdw, file_fdw,
   * tablefunc, adminpack, lo, pg_prewarm.
   */
  static final Set<String> EXTENSIONS =
      words(
          """
          btree_gin btree_gist citext cube dict_int dict_xsyn earthdistance fuzzystrmatch hstore \
          intarray isn ltree pg_trgm pgcrypto seg unaccent uuid-ossp\
          """);

  /** Built-in relations whose rows are secrets or come out of files of the server. */
  static final Set<String> NOT_READ =
      words(
          """
          pg_authid pg_file_settings pg_hba_file_rules pg_ident_file_mappings pg_shadow \
          pg_user_mapping\
          """);

  /** Functions that ask for a cast to JSON of whatever type they are given. */
  static final Set<String> CASTS_TO_JSON =
      words(
          """
          array_to_json json_agg json_agg_strict json_build_array json_build_object json_object_agg \
          json_object_agg_strict json_object_agg_unique json_object_agg_unique_strict jsonb_agg \
          jsonb_agg_strict jsonb_build_array jsonb_build_object jsonb_object_agg \
          jsonb_object_agg_strict jsonb_object_agg_unique jsonb_object_agg_unique_strict \
          row_to_json to_json to_jsonb\
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

  /** Settings that change nothing but how values look, how long to wait and what one is called. */
  static final Set<String> SETTINGS =
      words(
          """
          application_name bytea_output client_encoding client_min_messages datestyle \
          default_transaction_deferrable default_transaction_isolation extra_float_digits \
          idle_in_transaction_session_timeout idle_session_timeout intervalstyle jit \
          lock_timeout standard_conforming_strings statement_timeout timezone \
          transaction_deferrable transaction_isolation transaction_timeout\
          """);

  private static Set<String> words(String list) {
    return Set.of(list.strip().split("\\s+"));
  }
}
