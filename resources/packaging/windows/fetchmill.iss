; Installer for Windows, made with Inno Setup 6.3 or newer. Not yet run.
; python -m resources.packaging installer calls its compiler and defines:
;   Version, FourPartVersion, Source (the frozen folder), Icon, License, Output (a folder), Name (of the setup file),
;   FileTypes (a file with the entries for "Open with"), Signed (only where there is something to sign with)
#ifndef Version
  #error Run: python -m resources.packaging installer
#endif

[Setup]
; Never to be changed: by it, a later version finds the one that is there and takes its place.
AppId=io.github.fetchmill.Fetchmill
AppName=Fetchmill
AppVersion={#Version}
AppVerName=Fetchmill {#Version}
AppPublisher=The Fetchmill developers
VersionInfoVersion={#FourPartVersion}
LicenseFile={#License}
SetupIconFile={#Icon}
UninstallDisplayIcon={app}\fetchmill.exe
UninstallDisplayName=Fetchmill
OutputDir={#Output}
OutputBaseFilename={#Name}
; For one user, without an administrator; whoever is one may choose all users.
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=dialog commandline
DefaultDirName={autopf}\Fetchmill
DisableProgramGroupPage=yes
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
; What Qt 6.11 asks for.
MinVersion=10.0.17763
; A window that is open is asked to close. What does not is ended: the list is on the disk at any instant.
CloseApplications=force
RestartApplications=no
ChangesAssociations=yes
Compression=lzma2/max
SolidCompression=yes
WizardStyle=modern
#ifdef Signed
SignTool=fetchmill
#endif

[Tasks]
Name: "desktopicon"; Description: "{cm:CreateDesktopIcon}"; GroupDescription: "{cm:AdditionalIcons}"; Flags: unchecked

[InstallDelete]
; The libraries of the version before; only where that is what is there.
Type: filesandordirs; Name: "{app}\_internal"; Check: IsOurs

[Files]
#ifdef Signed
Source: "{#Source}\*.exe"; DestDir: "{app}"; Flags: ignoreversion signonce
#else
Source: "{#Source}\*.exe"; DestDir: "{app}"; Flags: ignoreversion
#endif
Source: "{#Source}\*"; DestDir: "{app}"; Excludes: "\*.exe"; Flags: ignoreversion recursesubdirs createallsubdirs

[Icons]
Name: "{autoprograms}\Fetchmill"; Filename: "{app}\fetchmill.exe"
Name: "{autodesktop}\Fetchmill"; Filename: "{app}\fetchmill.exe"; Tasks: desktopicon

[Registry]
; Offered under "Open with"; what opens a file by itself stays as it is.
Root: HKA; Subkey: "Software\Classes\Applications\fetchmill.exe"; ValueType: string; ValueName: "FriendlyAppName"; ValueData: "Fetchmill"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\Applications\fetchmill.exe\shell\open\command"; ValueType: string; ValueName: ""; ValueData: """{app}\fetchmill.exe"" ""%1"""
#include FileTypes
; Found by name in the Run dialog.
Root: HKA; Subkey: "Software\Microsoft\Windows\CurrentVersion\App Paths\fetchmill.exe"; ValueType: string; ValueName: ""; ValueData: "{app}\fetchmill.exe"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Microsoft\Windows\CurrentVersion\App Paths\fetchmill-cli.exe"; ValueType: string; ValueName: ""; ValueData: "{app}\fetchmill-cli.exe"; Flags: uninsdeletekey

[Run]
Filename: "{app}\fetchmill.exe"; Description: "{cm:LaunchProgram,Fetchmill}"; Flags: nowait postinstall skipifsilent

[Code]
function IsOurs: Boolean;
begin
  Result := FileExists(ExpandConstant('{app}\fetchmill-cli.exe'));
end;
