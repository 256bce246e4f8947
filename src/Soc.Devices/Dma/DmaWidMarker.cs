using Soc.Memory;

namespace Soc.Devices.Dma;

/// <summary>Decides the world id of one channel's transactions; registers as in worldguard.md section 2.3.</summary>
/// <remarks>
/// <code>
/// offset  width  field                            access      reset
/// 0x000   4      VENDOR                           RO          0
/// 0x004   4      IMPID                            RO          0
/// 0x008   8      bits 4:0 WID, bit 63 L (sticky)  RW until L  HWBypass ? effective trusted WID : 0
/// </code>
/// Only the trusted world touches it: for others it reads 0 and ignores writes, silently. An illegal WID becomes the
/// lowest legal one. 4- and 8-byte accesses; others are bus errors.
/// </remarks>
internal sealed class DmaWidMarker(DmaWorldGuard parameters)
{
    private const ulong WidRegister = 0x008;
    private const ulong WidMask = 0x1F;
    private const ulong LockBit = 1UL << 63;

    private ulong _register = parameters.ResetWid;

    /// <summary>The world id that transactions carry.</summary>
    public byte Wid => (byte)(_register & WidMask);

    public void Reset() => _register = parameters.ResetWid;

    /// <summary>The whole 8-byte register at a multiple of 8.</summary>
    public ulong Read(ulong register, TransactionAttributes by) =>
        register == WidRegister && MayTouch(by) ? _register : 0;

    /// <summary>Writes the bits of <paramref name="mask"/>.</summary>
    /// <returns>Whether the WID changed.</returns>
    public bool Write(ulong register, ulong value, ulong mask, TransactionAttributes by)
    {
        if (register != WidRegister || !MayTouch(by) || (_register & LockBit) != 0)
        {
            return false;
        }

        byte old = Wid;
        ulong merged = (_register & ~mask) | (value & mask);
        _register = (merged & LockBit) | parameters.Legalise(merged & WidMask);
        return Wid != old;
    }

    // Untagged transactions count as the effective trusted WID; a debugger passes by (worldguard.md section 2.3).
    private bool MayTouch(TransactionAttributes by) =>
        parameters.TrustedWid is not { } trusted || by.IsUnspecified || by.IsDebug || by.WorldId == trusted;
}
