import DICOMNetwork
@testable import Gateway
import Testing

/// What `destination-tls` says of destinations without TLS.
@Suite struct DestinationSecurityTests {
    @Test("A destination without TLS is in the clear where something is said of TLS, and only there")
    func inTheClear() throws {
        let plain = try ApplicationEntityAddress(parsing: "dicom://PACS@pacs.example")
        let secure = try ApplicationEntityAddress(parsing: "dicoms://PACS@pacs.example")
        var security = GatewayConfiguration.DestinationSecurity()
        #expect(!security.isInTheClear(plain) && !security.isInTheClear(secure))
        security.authorityPath = "pacs-ca.pem"
        #expect(security.isInTheClear(plain) && !security.isInTheClear(secure))
        security = .init()
        security.allowsPlain = false
        #expect(security.isInTheClear(plain) && !security.isInTheClear(secure))
    }
}
