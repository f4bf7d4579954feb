// The keys of this module's log metadata, in one place.

/// Keys of log metadata.
enum VendorLogKeys {
    static let error = "error.message"
    static let host = "vendor.host"
    static let port = "vendor.port"
}
