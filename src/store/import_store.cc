#include "store/import_store.h"

namespace keyledger::store {

BOOST_DESCRIBE_STRUCT(ImportStore::KeyOf, (), (id, customer_id))

namespace {

struct ByDigest {
  Bytes digest{};
};
BOOST_DESCRIBE_STRUCT(ByDigest, (), (digest))

struct ByText {
  std::string text{};
};
BOOST_DESCRIBE_STRUCT(ByText, (), (text))

struct ByKey {
  CustomerKeyId key{};
};
BOOST_DESCRIBE_STRUCT(ByKey, (), (key))

struct Named {
  CustomerId customer{};
  std::string name{};
};
BOOST_DESCRIBE_STRUCT(Named, (), (customer, name))

struct Username {
  WebsiteId website{};
  std::string username{};
};
BOOST_DESCRIBE_STRUCT(Username, (), (website, username))

struct RentedAt {
  RentalAccountId account{};
  Instant rented_at{};
};
BOOST_DESCRIBE_STRUCT(RentedAt, (), (account, rented_at))

struct NewRental {
  RentalAccountId rental_account_id{};
  WebsiteId website_id{};
  CustomerKeyId customer_key_id{};
  CustomerId customer_id{};
  std::int64_t fencing = 0;
  std::string customer_info{};
  Instant rented_at{}, expires_at{};
  std::optional<Instant> ended_at{};
  std::string ended_by{};
};
BOOST_DESCRIBE_STRUCT(NewRental, (),
                      (rental_account_id, website_id, customer_key_id, customer_id, fencing, customer_info, rented_at,
                       expires_at, ended_at, ended_by))

/// The value of a row of one column, where there is a row.
template <typename T, typename Parameters>
Result<std::optional<T>> value_of(Transaction& transaction, const Query<Single<T>>& query,
                                  const Parameters& parameters) {
  const Result<std::optional<Single<T>>> row = transaction.one(query, parameters);
  if (!row) return std::unexpected(row.error());
  if (!*row) return std::nullopt;
  return (*row)->value;
}

Result<void> done(const Result<std::int64_t>& changed) {
  return changed ? Result<void>{} : std::unexpected(changed.error());
}

}  // namespace

Result<std::optional<AccountId>> ImportStore::account_of(Transaction& transaction, const std::string& email_folded) {
  static const Query<Single<AccountId>> kFind{"SELECT id FROM accounts WHERE email_folded = :text"};
  return value_of(transaction, kFind, ByText{email_folded});
}

Result<std::optional<ProviderKeyId>> ImportStore::provider_key_of(Transaction& transaction,
                                                                  const std::string& fingerprint) {
  static const Query<Single<ProviderKeyId>> kFind{"SELECT id FROM provider_keys WHERE fingerprint = :text"};
  return value_of(transaction, kFind, ByText{fingerprint});
}

Result<std::optional<ImportStore::KeyOf>> ImportStore::key_of(Transaction& transaction, const crypto::Digest& digest) {
  static const Query<KeyOf> kFind{R"sql(
    SELECT k.id, k.customer_id FROM customer_key_digests d JOIN customer_keys k ON k.id = d.customer_key_id
     WHERE d.digest = :digest)sql"};
  return transaction.one(kFind, ByDigest{Bytes(digest.begin(), digest.end())});
}

Result<std::optional<CustomerKeyId>> ImportStore::key_named(Transaction& transaction, CustomerId customer,
                                                            const std::string& name) {
  static const Query<Single<CustomerKeyId>> kFind{
      "SELECT id FROM customer_keys WHERE customer_id = :customer AND name = :name ORDER BY id LIMIT 1"};
  return value_of(transaction, kFind, Named{customer, name});
}

Result<std::optional<RentalAccountId>> ImportStore::rental_account(Transaction& transaction, WebsiteId website,
                                                                   const std::string& username) {
  static const Query<Single<RentalAccountId>> kFind{
      "SELECT id FROM rental_accounts WHERE website_id = :website AND username = :username AND removed_at IS NULL"};
  return value_of(transaction, kFind, Username{website, username});
}

Result<bool> ImportStore::has_rental(Transaction& transaction, RentalAccountId account, Instant rented_at) {
  static const Query<Single<RentalId>> kFind{
      "SELECT id FROM rentals WHERE rental_account_id = :account AND rented_at = :rented_at LIMIT 1"};
  const Result<std::optional<RentalId>> found = value_of(transaction, kFind, RentedAt{account, rented_at});
  if (!found) return std::unexpected(found.error());
  return found->has_value();
}

Result<void> ImportStore::insert_rental(Transaction& transaction, const rentals::Rental& rental) {
  static const Query<void> kInsert{R"sql(
    INSERT INTO rentals (rental_account_id, website_id, customer_key_id, customer_id, fencing, customer_info, rented_at,
                         expires_at, ended_at, ended_by)
    VALUES (:rental_account_id, :website_id, :customer_key_id, :customer_id, :fencing, :customer_info, :rented_at,
            :expires_at, :ended_at, :ended_by))sql"};
  const NewRental row{
      rental.rental_account_id,
      rental.website_id,
      rental.customer_key_id,
      rental.customer_id,
      rental.fencing,
      rental.customer_info,
      rental.rented_at,
      rental.expires_at,
      rental.ended_at,
      rental.ended_by ? std::string{boost::describe::enum_to_string(*rental.ended_by, "")} : std::string{}};
  return done(transaction.change(kInsert, row));
}

Result<std::int64_t> ImportStore::open_rentals(Transaction& transaction, CustomerKeyId key) {
  static const Query<Single<std::int64_t>> kCount{
      "SELECT COUNT(*) FROM rentals WHERE customer_key_id = :key AND ended_at IS NULL"};
  const Result<std::optional<std::int64_t>> count = value_of(transaction, kCount, ByKey{key});
  if (!count) return std::unexpected(count.error());
  return count->value_or(0);
}

Result<std::optional<ImportedHistory>> ImportStore::history(Transaction& transaction, CustomerKeyId key) {
  static const Query<ImportedHistory> kFind{R"sql(
    SELECT customer_key_id, last_usage_id, usage_taken, requests_before, last_used_at FROM customer_key_imports
     WHERE customer_key_id = :key)sql"};
  return transaction.one(kFind, ByKey{key});
}

Result<void> ImportStore::put_history(Transaction& transaction, const ImportedHistory& history) {
  static const Query<void> kPut{R"sql(
    INSERT INTO customer_key_imports (customer_key_id, last_usage_id, usage_taken, requests_before, last_used_at)
    VALUES (:customer_key_id, :last_usage_id, :usage_taken, :requests_before, :last_used_at)
    ON CONFLICT (customer_key_id) DO UPDATE
       SET last_usage_id = :last_usage_id, usage_taken = :usage_taken, requests_before = :requests_before,
           last_used_at = :last_used_at)sql"};
  return done(transaction.change(kPut, history));
}

}  // namespace keyledger::store
