//! What every engine must do, in one suite that is run on each: a new engine is one more line at
//! the end of this file.

mod aliases;
mod audit;
mod credentials;
mod domains;
mod outbox;
mod recovery;
mod resources;
mod transactions;
mod work_requests;

/// Makes a test of each named function, on the store that `$new` makes.
macro_rules! on_each {
    ($new:path: $($module:ident::$name:ident,)*) => {$(
        #[test]
        fn $name() {
            super::$module::$name(&$new());
        }
    )*};
}

/// The suite, on the store that `$new` makes.
macro_rules! suite {
    ($engine:ident, $new:path) => {
        mod $engine {
            on_each! { $new:
                resources::a_resource_is_read_as_it_was_written,
                resources::a_name_is_unique_in_its_space_in_its_folded_form,
                resources::an_update_changes_all_but_the_name,
                resources::a_deleted_resource_leaves_its_name_to_others,
                resources::pages_of_every_order_and_size_hold_everything_once,
                resources::a_page_begins_after_a_resource_that_is_gone,
                resources::a_selection_holds_only_what_it_names,
                resources::a_walk_passes_the_names_that_fit_page_by_page_in_their_order,
                resources::counting_stops_at_the_limit,
                resources::policies_are_those_of_the_tenancy,
                resources::what_is_in_a_compartment_is_found_until_it_is_deleted,
                resources::a_relocated_resource_has_its_name_where_it_is_now,
                resources::a_tenancy_is_found_by_its_ocid_and_its_folded_name,
                domains::a_users_document_is_kept_until_it_is_dropped,
                domains::resources_between_two_ocids_are_found_in_their_order,
                domains::resources_come_in_the_order_of_names_from_any_place,
                domains::a_renamed_resource_leaves_its_name_to_others,
                aliases::a_second_name_has_one_owner,
                aliases::a_second_name_takes_the_place_of_the_older_of_its_kind,
                aliases::a_deleted_resource_leaves_its_second_names_to_others,
                credentials::a_user_is_in_a_group_once,
                credentials::memberships_come_in_pages_from_both_sides,
                credentials::a_user_has_a_key_of_a_fingerprint_once,
                credentials::keys_come_oldest_first,
                credentials::what_users_show_elsewhere_is_kept_by_kind_and_changed_by_name,
                credentials::the_newer_password_takes_the_place_of_the_older,
                credentials::forgetting_a_users_credentials_leaves_those_of_others,
                credentials::sign_in_counters_begin_at_nothing_and_are_kept,
                credentials::a_session_lives_until_it_is_ended,
                credentials::whatever_ends_a_session_that_signs_revises,
                credentials::sessions_that_began_too_early_are_dropped,
                credentials::a_retry_token_keeps_its_latest_answer,
                credentials::old_retry_tokens_are_dropped_a_bounded_number_at_a_time,
                credentials::a_setting_is_replaced_as_a_whole,
                audit::lines_are_in_the_order_of_writing,
                audit::lines_follow_one_another_and_their_end_is_sealed,
                audit::work_that_is_undone_leaves_no_gap,
                audit::nothing_is_written_behind_an_end_that_is_not_sealed,
                audit::a_trail_is_sealed_as_it_is_found,
                audit::what_only_reads_writes_no_line,
                audit::old_lines_are_taken_from_the_beginning_alone,
                audit::lines_of_a_span_come_in_the_order_of_time,
                recovery::the_newer_link_of_a_purpose_takes_the_place_of_the_older,
                recovery::a_link_is_dropped_once,
                recovery::the_newest_passwords_are_remembered,
                recovery::requests_are_worked_off_in_order_and_once,
                recovery::a_counter_begins_anew_when_its_time_is_over,
                work_requests::work_is_taken_in_turn_and_comes_back_when_its_time_is_over,
                work_requests::work_is_written_back_by_who_took_it_last_alone,
                work_requests::lists_of_work_are_of_one_compartment_and_newest_first,
                work_requests::only_work_that_has_ended_is_dropped,
                outbox::the_letter_that_is_due_the_longest_is_taken_first,
                outbox::a_letter_that_was_taken_comes_back_when_its_time_is_over,
                outbox::a_letter_is_put_back_only_by_who_has_it,
                outbox::forgetting_a_letter_leaves_one_that_came_into_its_place,
                outbox::the_queue_tells_its_length_and_age,
                outbox::letters_that_it_is_too_late_for_are_found,
                outbox::letters_that_are_due_too_late_can_be_made_due_now,
                transactions::work_that_errs_is_undone_alone,
                transactions::work_that_panics_is_undone_alone,
                transactions::work_that_goes_on_after_a_failed_statement_is_undone,
                transactions::the_revision_has_grown_when_the_answer_arrives,
                transactions::work_that_is_undone_leaves_the_revision_as_it_was,
                transactions::work_is_told_of_a_revision_that_is_not_committed_yet,
                transactions::readers_see_nothing_that_is_not_committed,
                transactions::a_reader_sees_one_state_to_its_end,
                transactions::a_reader_cannot_write,
                transactions::changes_are_one_after_the_other,
                transactions::a_change_happens_whether_or_not_anybody_waits_for_it,
                transactions::what_work_looks_up_first_is_what_the_work_before_it_left,
                transactions::what_is_written_together_is_as_if_written_in_turn,
                transactions::what_is_read_together_is_of_one_state,
                transactions::work_behind_a_revision_knows_what_was_committed,
            }
        }
    };
}

suite!(embedded, crate::scratch::Scratch::embedded);
suite!(postgres, crate::scratch::Scratch::postgres);
