namespace Soc.Memory;

/// <summary>Arm security spaces (Arm RME); two bits of <see cref="TransactionAttributes"/>.</summary>
public enum SecuritySpace : byte
{
    /// <summary>Secure.</summary>
    Secure = 0,

    /// <summary>Non-secure.</summary>
    NonSecure = 1,

    /// <summary>Root.</summary>
    Root = 2,

    /// <summary>Realm.</summary>
    Realm = 3,
}
