namespace Soc.Iommu;

/// <summary>A valid and well-formed device context (riscv-iommu.md section 3.2), decoded.</summary>
internal sealed class DeviceContext
{
    private const ulong PageNumberMask = (1UL << 44) - 1;

    private DeviceContext(uint deviceId, ReadOnlySpan<ulong> words, bool extended, bool gxl, IommuCapabilities capabilities)
    {
        DeviceId = deviceId;
        Tc = words[0];
        SecondStageRoot = words[1] & PageNumberMask;
        Gscid = (ushort)(words[1] >> 44);
        uint mode = (uint)(words[1] >> 60);
        SecondStageIsSv32 = gxl && mode != 0;
        SecondStageLevels = mode == 0 ? 0 : gxl ? 2 : (int)mode - 5;
        Pscid = (uint)(words[2] >> 12) & 0xFFFFF;
        FscPageNumber = words[3] & PageNumberMask;
        uint fsc = (uint)(words[3] >> 60);
        if (HasProcessDirectory)
        {
            DirectoryLevels = (int)fsc;
        }
        else
        {
            FirstStage = new FirstStageMode(FirstStageMode.LevelsOf(fsc, Sxl, capabilities), Sxl, FscPageNumber, Pscid, UserAccess: false);
        }

        if (!HasSecondStage)
        {
            Gscid = 0;
        }

        if (extended && words[4] >> 60 == 1)
        {
            HasMsiTable = true;
            MsiTable = (words[4] & PageNumberMask) << 12;
            ulong valid = (1UL << (capabilities.GuestAddressBits - 12)) - 1;
            MsiMask = words[5] & valid;
            MsiFixed = ~words[5] & valid;
            MsiPattern = words[6] & valid;
        }
    }

    public uint DeviceId { get; }

    public ulong Tc { get; }

    public bool AtsEnabled => (Tc & 0x2) != 0;

    public bool PriEnabled => (Tc & 0x4) != 0;

    public bool T2Gpa => (Tc & 0x8) != 0;

    public bool FaultsDisabled => (Tc & 0x10) != 0;

    public bool HasProcessDirectory => (Tc & 0x20) != 0;

    public bool ResponseWithProcessId => (Tc & 0x40) != 0;

    public bool SecondStageUpdates => (Tc & 0x80) != 0;

    public bool FirstStageUpdates => (Tc & 0x100) != 0;

    public bool DefaultProcess => (Tc & 0x200) != 0;

    public bool BigEndian => (Tc & 0x400) != 0;

    public bool Sxl => (Tc & 0x800) != 0;

    public bool HasSecondStage => SecondStageLevels != 0;

    public int SecondStageLevels { get; }

    public bool SecondStageIsSv32 { get; }

    public ulong SecondStageRoot { get; }

    public ushort Gscid { get; }

    public uint Pscid { get; }

    public ulong FscPageNumber { get; }

    public int DirectoryLevels { get; }

    public FirstStageMode FirstStage { get; }

    public bool HasMsiTable { get; }

    public ulong MsiTable { get; }

    public ulong MsiMask { get; }

    public ulong MsiPattern { get; }

    public ulong MsiFixed { get; }

    /// <summary>Bits of a process id that the process directory can index; 20 for a Bare one, which looks nothing up.</summary>
    public int ProcessIdBits => DirectoryLevels switch { 1 => 8, 2 => 17, _ => 20 };

    /// <summary>Whether a guest physical address lies in a virtual interrupt file (riscv-iommu.md section 6).</summary>
    public bool IsInterruptFile(ulong guestAddress) =>
        HasMsiTable && (((guestAddress >> 12) ^ MsiPattern) & MsiFixed) == 0;

    /// <summary>
    /// Decodes a context whose V bit is set.
    /// </summary>
    /// <param name="deviceId">Whose it is.</param>
    /// <param name="words">Its 4 or 8 doublewords.</param>
    /// <param name="configuration">What the IOMMU implements.</param>
    /// <param name="featureControl">fctl.</param>
    /// <returns>Null when any check of riscv-iommu.md section 3.3 fails.</returns>
    public static DeviceContext? Decode(uint deviceId, ReadOnlySpan<ulong> words, IommuConfiguration configuration, uint featureControl)
    {
        IommuCapabilities capabilities = configuration.Capabilities;
        bool extended = words.Length == 8;
        bool gxl = (featureControl & 4) != 0;
        return HasReservedBits(words, extended, capabilities) || HasBadControls(words, configuration, featureControl) || HasBadModes(words, extended, gxl, capabilities)
            ? null
            : new DeviceContext(deviceId, words, extended, gxl, capabilities);
    }

    private static bool HasReservedBits(ReadOnlySpan<ulong> words, bool extended, IommuCapabilities capabilities) =>
        (words[0] & 0xFFFF_FFFF_00FF_F000) != 0 ||
        (words[2] & 0x0000_00FF_0000_0FFF) != 0 ||
        (!capabilities.QosId && words[2] >> 40 != 0) ||
        (words[3] & 0x0FFF_F000_0000_0000) != 0 ||
        (extended && ((words[4] & 0x0FFF_F000_0000_0000) != 0 || words[5] >> 52 != 0 || words[6] >> 52 != 0 || words[7] != 0));

    private static bool HasBadControls(ReadOnlySpan<ulong> words, IommuConfiguration configuration, uint featureControl)
    {
        IommuCapabilities capabilities = configuration.Capabilities;
        bool ats = Bit(words[0], 1);
        bool pri = Bit(words[0], 2);
        bool t2gpa = Bit(words[0], 3);
        bool pdtv = Bit(words[0], 5);
        bool prpr = Bit(words[0], 6);
        bool updates = Bit(words[0], 7) || Bit(words[0], 8);
        bool sxl = Bit(words[0], 11);
        bool gxl = Bit(featureControl, 2);
        bool endianWritable = capabilities.BothEndian && configuration.BigEndianWritable;
        uint qos = ((uint)(words[2] >> 40) & 0xFFF) | ((uint)(words[2] >> 52) << 16);
        return (!capabilities.Ats && (ats || pri || prpr)) ||
            (!ats && (t2gpa || pri)) ||
            (!pri && prpr) ||
            (t2gpa && (!capabilities.T2Gpa || words[1] >> 60 == 0)) ||
            (Bit(words[0], 9) && !pdtv) ||
            (updates && !capabilities.HardwareAccessedDirty) ||
            (!endianWritable && Bit(words[0], 10) != Bit(featureControl, 0)) ||
            (gxl ? !sxl : sxl && !configuration.GuestXlenWritable) ||
            (capabilities.QosId && (qos & ~configuration.QosIdMask) != 0);
    }

    private static bool HasBadModes(ReadOnlySpan<ulong> words, bool extended, bool gxl, IommuCapabilities capabilities)
    {
        uint first = (uint)(words[3] >> 60);
        bool badFirst = Bit(words[0], 5)
            ? first switch { 0 => false, 1 => !capabilities.Pd8, 2 => !capabilities.Pd17, 3 => !capabilities.Pd20, _ => true }
            : FirstStageMode.LevelsOf(first, Bit(words[0], 11), capabilities) < 0;
        bool badSecond = ((uint)(words[1] >> 60), gxl) switch
        {
            (0, _) => false,
            (8, true) => !capabilities.Sv32x4,
            (8, false) => !capabilities.Sv39x4,
            (9, false) => !capabilities.Sv48x4,
            (10, false) => !capabilities.Sv57x4,
            _ => true,
        };
        bool secondBare = words[1] >> 60 == 0;
        uint msi = extended ? (uint)(words[4] >> 60) : 0;
        return badFirst || badSecond || (!secondBare && (words[1] & 3) != 0) || msi > 1 || (msi != 0 && secondBare);
    }

    private static bool Bit(ulong word, int number) => ((word >> number) & 1) != 0;
}
